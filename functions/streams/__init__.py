"""What follows from every write: the read table, and the world that is told."""
