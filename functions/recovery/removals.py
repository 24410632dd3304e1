"""What a sweep removed is told: in the stream of its workflow, or else on the bus alone."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import count
from uuid import uuid4

from slipway.cqrs.outbox import EventBus
from slipway.cqrs.request import ANYBODY
from slipway.messages.events import Event
from slipway.messages.sweeping import Swept
from slipway.saga import Saga, Store, Unavailable, transitions
from slipway.saga.update import update

_BATCH = 20
"""Events in one transaction."""
_SWEPT = "slipway.resource.swept"
_log = logging.getLogger("slipway.sweep")


@dataclass
class Removals:
    """Of one sweep. It has a name of its own, drawn: no other sweep removes the same once more.

    The subject of an event about what nobody knows is the sweep, not the workflow, whose own events
    of these numbers may have been told before its table was lost.
    """

    store: Store
    bus: EventBus
    now: Callable[[], datetime]
    sweep_id: str = field(default_factory=lambda: f"sweep_{uuid4().hex}")
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def record(self, saga: Saga | None, removed: Sequence[Swept]) -> None:
        """An event for each. `saga` is None when nobody knows it. Raises Unavailable."""
        for each in removed:
            _log.warning("resource_swept", extra={"resource": each.model_dump()})
        if saga is None:
            self._publish([self._event(each) for each in removed])
        else:
            self._append(saga.workflow.workflow_id, removed)

    def _append(self, workflow_id: str, removed: Sequence[Swept]) -> None:
        told = [{"kind": each.kind, "name": each.name} for each in removed]
        for start in range(0, len(told), _BATCH):
            batch = told[start : start + _BATCH]
            decide = partial(transitions.swept, resources=batch, now=self.now())
            update(self.store, workflow_id, decide)

    def _publish(self, events: Sequence[Event]) -> None:
        if refused := self.bus.publish(events):
            raise Unavailable("bus_busy", f"the bus did not take {len(refused)} events of removals")

    def _event(self, removed: Swept) -> Event:
        told = {"kind": removed.kind, "name": removed.name, "workflow_id": removed.workflow_id}
        return Event(
            subject=self.sweep_id,
            sequence=next(self._numbers),
            type=_SWEPT,
            time=self.now(),
            owner=ANYBODY,
            correlation_id=self.sweep_id,
            data={"resource": told},
        )
