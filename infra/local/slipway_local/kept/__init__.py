"""Durable state in one file: tables, objects, executions, messages and pending deliveries."""
