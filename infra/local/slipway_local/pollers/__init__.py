"""What AWS does between the services: carry records, messages and events to functions."""
