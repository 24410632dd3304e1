"""Tell a workflow's events again, and see to it that its view is their fold.

For what ended in the failure queue, or was lost by a subscriber. The events are permanent in the
write table, and their ids are what they were, so whoever has seen one drops it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from slipway.buses import command
from slipway.cqrs import answers
from slipway.cqrs.effect import check_may_operate
from slipway.cqrs.outbox import EventBus, Executions
from slipway.cqrs.read_tables import ReadTables
from slipway.cqrs.rebuild import refill
from slipway.cqrs.relaying import tell
from slipway.cqrs.request import Call
from slipway.cqrs.views import RebuildableViews
from slipway.messages.maintenance import Replay, Replayed
from slipway.saga.errors import Unavailable
from slipway.saga.store import Store
from slipway.wiring import bus, claims, executions, read_tables, store


@dataclass(frozen=True)
class Replayer:
    store: Store
    tables: Sequence[RebuildableViews]
    bus: EventBus
    executions: Executions

    def replay(self, workflow_id: str) -> int:
        """How many events were told again.

        Raises NotFound, Unavailable, or Rejected("events_unreadable"): then the bus and the state
        machine have heard of them, only the view is as it was.
        """
        over = self.store.load(workflow_id).workflow.is_over
        events = self.store.events(workflow_id)
        executions = _Ended() if over else self.executions
        refused = tell(events, self.bus, executions, self.store)
        for table in self.tables:
            refill(workflow_id, self.store, table)
        if refused:
            raise Unavailable("bus_busy", f"the bus did not take {len(refused)} events")
        return len(events)


class _Ended:
    """Of a workflow that is over. Step Functions knows a name for 90 days, and starts it then."""

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
    """The same Idempotency-Key tells all again: whoever has seen an event knows it by its id.

    Raises as Replayer.
    """
    check_may_operate(store.load(order.workflow_id).workflow, call)
    told = Replayer(store, tables.written(), bus, executions).replay(order.workflow_id)
    return Replayed(workflow_id=order.workflow_id, events=told)


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
