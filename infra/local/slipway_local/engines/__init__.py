"""Detect which of engine, registry and cluster are available, and replace the others."""
