"""When the straight way ends, or waits: the last word, undos that fail, builds outside."""
