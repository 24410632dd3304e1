"""A local Lambda service, which calls functions by name in this process."""
