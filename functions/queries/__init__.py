"""Queries use the read side only: one file, one Lambda each."""
