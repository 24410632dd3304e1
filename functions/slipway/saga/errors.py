"""The exceptions of a step. The state machine matches them by class name: do not rename."""

from slipway.errors import Rejected, StepError, Unavailable

__all__ = ["Rejected", "StepError", "Unavailable", "UndoInFlight", "Undoing"]


class Undoing(Rejected):
    """The workflow is cancelled, being undone, or was: who started it goes all the way back."""


class UndoInFlight(Unavailable):
    """Another execution's undo may still run: wait for its lease, which costs none of the tries."""
