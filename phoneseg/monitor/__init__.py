"""Watches what numbers do, hour by hour: which of them, and which prefixes, misbehave."""
