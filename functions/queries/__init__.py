"""Queries read, and see the read side only: one file, one Lambda each."""
