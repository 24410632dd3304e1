"""Deliver records, messages and events to functions, as AWS does between its services."""
