"""Handlers of the small system."""
