"""The ports for outgoing events: the event bus, and executions of the state machine."""

from collections.abc import Sequence
from typing import Protocol

from slipway.messages.events import Event


class EventBus(Protocol):
    """At-least-once delivery; subscribers deduplicate by event id."""

    def publish(self, events: Sequence[Event]) -> Sequence[Event]:
        """Return the events that the bus did not accept, after a few retries."""
        ...


class Executions(Protocol):
    """Executions of the state machine, and decisions sent to them. Raises Unavailable."""

    def start(self, workflow_id: str) -> None:
        """The execution's name is the workflow's id: a second start does nothing."""
        ...

    def is_running(self, execution: str) -> bool:
        """False for an execution that has ended, or never began."""
        ...

    def answer(self, task_token: str, decision: str) -> None:
        """Send the decision to the task that waits with this token; a no-op if none does."""
        ...

    def undo(self, workflow_id: str, execution: str) -> None:
        """Start an execution with this name that only compensates; a second start does nothing."""
        ...
