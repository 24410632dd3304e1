"""Stand-ins in memory: the same ports, for rehearsals and for tests."""
