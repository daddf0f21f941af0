"""The kinds of issues, one file each."""
