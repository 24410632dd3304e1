"""What belongs to an owner besides workflows: sessions, and a configuration."""
