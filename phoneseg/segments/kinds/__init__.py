"""The segment kinds, one file each."""
