"""Which of engine, registry and cluster this machine has, and what stands in for the others."""
