"""The ports that events leave through."""

from collections.abc import Sequence
from typing import Protocol

from slipway.messages.events import Event


class EventBus(Protocol):
    """Takes an event once or several times; a subscriber drops what it has seen by its id."""

    def publish(self, events: Sequence[Event]) -> Sequence[Event]:
        """Answers those that the bus did not take, after a few tries."""
        ...


class Executions(Protocol):
    """Executions of the state machine, and what was decided for them. Raises Unavailable."""

    def start(self, workflow_id: str) -> None:
        """The execution's name is the workflow's id: starting it again does nothing."""
        ...

    def is_running(self, execution: str) -> bool:
        """False for one that has ended, or never began."""
        ...

    def answer(self, task_token: str, decision: str) -> None:
        """Tell the state that waits with this token. Does nothing when it no longer waits."""
        ...

    def undo(self, workflow_id: str, execution: str) -> None:
        """An execution of this name that only undoes; starting it again does nothing."""
        ...
