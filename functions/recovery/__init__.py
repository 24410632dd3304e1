"""When the straight way ends: the last word of a saga, and undos that cannot succeed."""
