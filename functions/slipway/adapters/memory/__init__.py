"""In-memory implementations of the ports, for rehearsals and tests."""
