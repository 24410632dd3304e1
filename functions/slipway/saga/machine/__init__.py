"""Renders the state machine of any plan, and checks the rules that it must keep."""

from slipway.saga.machine.rendering import machine, resolved
from slipway.saga.machine.rules import broken_rules

__all__ = ["broken_rules", "machine", "resolved"]
