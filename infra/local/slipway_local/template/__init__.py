"""Reads `template.yaml`: the local system runs what is deployed, and nothing that is not in it."""
