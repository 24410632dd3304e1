"""The commands, by subject. Implementations are imported on use, so that start-up is fast."""
