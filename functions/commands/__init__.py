"""Commands change state: one file, one Lambda each."""
