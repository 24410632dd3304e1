"""Consumers of the write table's stream: the projection to the read tables, and the relay."""
