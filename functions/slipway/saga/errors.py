"""Exceptions raised by steps. The state machine matches them by class name: do not rename."""

from slipway.errors import Rejected, StepError, Unavailable

__all__ = ["Rejected", "StepError", "Unavailable", "UndoInFlight", "Undoing"]


class Undoing(Rejected):
    """Forward execution is no longer allowed; the state machine runs the full undo chain."""


class UndoInFlight(Unavailable):
    """Another execution holds the undo lease. Retried separately; does not consume undo retries."""
