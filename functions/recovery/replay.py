"""Replay a workflow's events to the bus and the state machine, and rebuild its view from them.

For events that ended in the failure queue, or were lost by a subscriber. Events are permanent in
the write table and keep their ids, so subscribers drop those they have seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from slipway.accounts.store import Accounts
from slipway.buses import command
from slipway.cqrs import answers
from slipway.cqrs.account_views import AccountViews, keep
from slipway.cqrs.dead_letters import Subject
from slipway.cqrs.effect import check_may_operate
from slipway.cqrs.outbox import EventBus, Executions
from slipway.cqrs.read_tables import ReadTables
from slipway.cqrs.rebuild import refill
from slipway.cqrs.relaying import tell
from slipway.cqrs.request import Call
from slipway.cqrs.views import RebuildableViews
from slipway.messages.events import Event
from slipway.messages.maintenance import Replay, Replayed
from slipway.saga.errors import Unavailable
from slipway.saga.store import NotFound, Store
from slipway.wiring import bus, claims, executions, read_tables, store


@dataclass(frozen=True)
class Replayer:
    store: Store
    tables: Sequence[RebuildableViews]
    bus: EventBus
    executions: Executions

    def replay(self, workflow_id: str) -> int:
        """Return how many events were replayed.

        Raises NotFound, Unavailable, or Rejected("events_unreadable"): then the bus and the state
        machine have received the events, and only the view is unchanged.
        """
        over = self.store.load(workflow_id).workflow.is_over
        events = self.store.events(workflow_id)
        executions = _Ended() if over else self.executions
        refused = tell(events, self.bus, executions, self.store)
        for table in self.tables:
            refill(workflow_id, self.store, table)
        _check_taken(refused)
        return len(events)


@dataclass(frozen=True)
class AccountReplayer:
    """For sessions and configurations, whose events start no execution."""

    accounts: Accounts
    tables: Sequence[AccountViews]
    bus: EventBus

    def replay(self, subject: Subject) -> int:
        """Return how many events were replayed. Raises NotFound or Unavailable."""
        events = self.accounts.events_of(subject.kind, subject.name)
        if not events:
            raise NotFound(subject.name)
        refused = self.bus.publish(events)
        for table in self.tables:
            keep(events, table)
        _check_taken(refused)
        return len(events)


def _check_taken(refused: Sequence[Event]) -> None:
    if refused:
        raise Unavailable("bus_busy", f"the event bus rejected {len(refused)} events")


class _Ended:
    """For a finished workflow: Step Functions would reuse its name after 90 days and start it."""

    def start(self, workflow_id: str) -> None: ...

    def is_running(self, execution: str) -> bool:
        del execution
        return False

    def answer(self, task_token: str, decision: str) -> None: ...

    def undo(self, workflow_id: str, execution: str) -> None: ...


def replay(
    order: Replay,
    call: Call,
    *,
    store: Store,
    tables: ReadTables[RebuildableViews],
    bus: EventBus,
    executions: Executions,
) -> Replayed:
    """The same Idempotency-Key replays again: subscribers deduplicate events by id.

    Raises as Replayer.
    """
    check_may_operate(store.load(order.workflow_id).workflow, call)
    events = Replayer(store, tables.written(), bus, executions).replay(order.workflow_id)
    return Replayed(workflow_id=order.workflow_id, events=events)


on_request = command(
    replay,
    Replay,
    answers.ok,
    scope="workflows:operate",
    claims=claims,
    store=store,
    tables=read_tables,
    bus=bus,
    executions=executions,
)
