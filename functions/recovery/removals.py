"""Record what a sweep removes, as events of the workflow, or else on the bus alone.

A note is stored before a removal and deleted once its events are recorded: what a killed sweep has
removed is recorded by the next one, under the same ids.
"""

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from uuid import uuid4

from pydantic import BaseModel, ConfigDict

from slipway.containerize.ports import Workspace
from slipway.containerize.resources import Resource
from slipway.containerize.workspace_keys import SWEEP, removals_key
from slipway.cqrs.outbox import EventBus
from slipway.cqrs.request import ANYBODY
from slipway.inbox import Inbox
from slipway.messages.events import Event
from slipway.messages.sweeping import Swept
from slipway.saga import Change, NotFound, Rejected, Saga, Store, Unavailable, transitions
from slipway.saga.update import update

_BATCH = 20
"""Events per transaction."""
_SWEPT = "slipway.resource.swept"
_log = logging.getLogger("slipway.sweep")

Name = tuple[str, str]
"""Kind and name of a resource."""


class Note(BaseModel):
    """What a sweep is about to remove of one workflow in one part.

    Its resources are numbered from `first` on, across all notes of the sweep.
    """

    model_config = ConfigDict(frozen=True)

    sweep_id: str
    first: int
    part: str
    workflow_id: str
    at: datetime
    names: tuple[Name, ...]

    @property
    def key(self) -> str:
        return removals_key(self.sweep_id, self.first)


@dataclass
class Removals:
    """The removals of one sweep, whose id is random: no other sweep repeats its event ids.

    For an unknown workflow the events' subject is the sweep: the workflow's own events with these
    numbers may have been published before its table was lost.
    """

    store: Store
    bus: EventBus
    workspace: Workspace
    now: Callable[[], datetime]
    sweep_id: str = field(default_factory=lambda: f"{SWEEP}{uuid4().hex}")
    _next: int = 1

    def about_to_remove(self, part: str, resources: Sequence[Resource]) -> Note:
        """Store a note of at least one resource, all of one workflow.

        Raises Unavailable: then nothing may be removed.
        """
        note = Note(
            sweep_id=self.sweep_id,
            first=self._next,
            part=part,
            workflow_id=resources[0].workflow_id,
            at=self.now(),
            names=tuple((resource.kind, resource.name) for resource in resources),
        )
        self._next += len(resources)
        self.workspace.put(note.key, note.model_dump_json().encode(), "application/json")
        return note

    def record(self, note: Note, removed: Sequence[Swept]) -> None:
        """Record an event for each resource. Raises Unavailable; the note then remains."""
        for each in removed:
            _log.warning("resource_swept", extra={"resource": each.model_dump()})
        self._tell(note, {(each.kind, each.name) for each in removed})

    def left(self, part: str) -> Sequence[Note]:
        """Notes of sweeps that were killed, or are still running. To be read before `part` is."""
        notes = map(self._read, self.workspace.keys(removals_key(SWEEP)))
        return [note for note in notes if note and note.part == part]

    def _read(self, key: str) -> Note | None:
        try:
            return Note.model_validate_json(self.workspace.get(key))
        except Rejected as error:
            if error.code != "no_such_object":
                raise
            return None  # its sweep has just recorded it

    def catch_up(self, notes: Sequence[Note], found: Sequence[Resource]) -> None:
        """Record noted resources that no longer exist; the others are up for removal again."""
        there = {(resource.kind, resource.name) for resource in found}
        for note in notes:
            gone = set(note.names) - there
            _log.warning("removals_caught_up", extra={"note": note.key, "gone": sorted(gone)})
            self._tell(note, gone)

    def _tell(self, note: Note, gone: Collection[Name]) -> None:
        numbered = [each for each in enumerate(note.names, note.first) if each[1] in gone]
        try:
            self._append(note, numbered)
        except NotFound:
            self._publish(note, numbered)
        self.workspace.delete(note.key)

    def _append(self, note: Note, numbered: Sequence[tuple[int, Name]]) -> None:
        """Record each batch once: its key is in the same transaction."""
        for batch, some in groupby(numbered, lambda each: (each[0] - note.first) // _BATCH):
            key = f"{note.key}#{batch}"
            resources = [{"kind": kind, "name": name} for _, (kind, name) in some]

            def decide(
                saga: Saga, key: str = key, resources: Sequence[dict[str, str]] = resources
            ) -> Change | None:
                if self.store.remembered(key):
                    return None
                change = transitions.swept(saga, resources, self.now())
                return replace(change, inbox=Inbox(key, key))

            update(self.store, note.workflow_id, decide)

    def _publish(self, note: Note, numbered: Sequence[tuple[int, Name]]) -> None:
        events = list(_events(note, numbered))
        if refused := self.bus.publish(events):
            raise Unavailable("bus_busy", f"the event bus rejected {len(refused)} removal events")


def _events(note: Note, numbered: Sequence[tuple[int, Name]]) -> Iterator[Event]:
    for number, (kind, name) in numbered:
        resource = {"kind": kind, "name": name, "workflow_id": note.workflow_id}
        yield Event(
            subject=note.sweep_id,
            sequence=number,
            type=_SWEPT,
            time=note.at,
            owner=ANYBODY,
            correlation_id=note.sweep_id,
            data={"resource": resource},
        )
