"""Slipway: source in, running service out, or nothing left behind."""
