"""Which numbers and prefixes misbehave, why, and how sure that is. Frames in, frames out."""
