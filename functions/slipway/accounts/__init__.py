"""Accounts: an owner's sessions and configuration."""
