"""The driver on the state machine, under the name that these tests know it by."""

from slipway_local.testing import ExecutionFailed, OnStateMachine, StateMachines

__all__ = ["ExecutionFailed", "OnStateMachine", "StateMachines"]
