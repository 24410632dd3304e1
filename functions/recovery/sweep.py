"""Rescue stuck workflows, and remove resources of workflows that were undone or are unknown."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from recovery.removals import Note, Removals
from recovery.stuck import Rescuer
from slipway.buses import command
from slipway.containerize.labels import is_of_instance
from slipway.containerize.ports import Workspace
from slipway.containerize.resources import Resource, Sweepable
from slipway.cqrs import answers
from slipway.cqrs.outbox import EventBus, Executions
from slipway.cqrs.request import Call
from slipway.messages.clock import utc_now
from slipway.messages.sweeping import OutOfReach, Rescued, Sweep, SweepReport, Swept
from slipway.saga import NotFound, Saga, Status, StepError, Store
from slipway.saga.environment import Environment
from slipway.wiring import (
    bus,
    claims,
    executions,
    here,
    instance,
    managed_parts,
    settings,
    store,
    workspace,
)
from steps import PLAN

_UNDONE = {Status.COMPENSATED, Status.COMPENSATED_WITH_LEFTOVERS}
_WORKFLOWS = "workflows"


@dataclass(frozen=True)
class Removable:
    """A workflow whose resources may be removed, and why. `saga` is None if it is unknown."""

    saga: Saga | None
    why: str


@dataclass
class Sweeper:
    """One sweep. `parts` by name; an error in one does not stop the others, nor the sweep."""

    order: Sweep
    store: Store
    executions: Executions
    parts: Mapping[str, Sweepable]
    instance: str | None
    bus: EventBus
    workspace: Workspace
    here: Environment = Environment()  # noqa: RUF009  (frozen)
    now: Callable[[], datetime] = utc_now
    unreachable: list[OutOfReach] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._removals = Removals(self.store, self.bus, self.workspace, self.now)

    def run(self) -> SweepReport:
        rescued = tuple(self._rescued())
        items = tuple(
            swept for name, part in self.parts.items() for swept in self._swept(name, part)
        )
        return SweepReport(
            dry_run=self.order.dry_run,
            rescued=rescued,
            items=items,
            unreachable=tuple(self.unreachable),
        )

    @contextmanager
    def _reaching(self, part: str, workflow_id: str | None = None) -> Iterator[None]:
        """Report a failure, and let the sweep continue with the next workflow, or part."""
        try:
            yield
        except StepError as error:
            refused = OutOfReach(part=part, message=error.message, workflow_id=workflow_id)
            self.unreachable.append(refused)

    def _rescued(self) -> Iterator[Rescued]:
        dry_run = self.order.dry_run
        rescuer = Rescuer(PLAN, self.store, self.executions, self.here, self.now, dry_run)
        with self._reaching(_WORKFLOWS):
            for workflow_id in rescuer.suspects():
                with self._reaching(_WORKFLOWS, workflow_id):
                    if rescued := rescuer.rescue_if_stuck(workflow_id):
                        yield rescued

    def _swept(self, name: str, part: Sweepable) -> Iterator[Swept]:
        with self._reaching(name):
            notes = self._left(name)
            found = part.find()
            if not found.unseen:
                with self._reaching("events"):
                    self._removals.catch_up(notes, found.resources)
            self.unreachable += (OutOfReach(part=name, message=each) for each in found.unseen)
            removable = dict(self._removable(name, found.resources))
            # A workflow may have ended since and removed some of this itself: find again.
            there = part.find().resources if removable else ()
            for workflow_id, resources in _by_workflow(there):
                if workflow_id in removable and self._are_ours_and_old(resources):
                    with self._reaching(name, workflow_id):
                        yield from self._cleared(name, part, removable[workflow_id], resources)

    def _removable(self, name: str, found: Sequence[Resource]) -> Iterator[tuple[str, Removable]]:
        for workflow_id, resources in _by_workflow(found):
            with self._reaching(name, workflow_id):
                removable = _removable(self.store, workflow_id)
                if removable and self._are_ours_and_old(resources):
                    yield workflow_id, removable

    def _left(self, name: str) -> Sequence[Note]:
        notes: list[Note] = []
        if not self.order.dry_run:
            with self._reaching("events"):
                notes += self._removals.left(name)
        return notes

    def _are_ours_and_old(self, resources: Sequence[Resource]) -> bool:
        return all(self._is_ours_and_old(resource) for resource in resources)

    def _is_ours_and_old(self, resource: Resource) -> bool:
        """With a grace period, resources of unknown age are spared."""
        ours = is_of_instance(self.instance, resource.instance)
        age_s = self._age_s(resource)
        grace_s = self.order.grace_minutes * 60
        return ours and (grace_s == 0 if age_s is None else age_s >= grace_s)

    def _age_s(self, resource: Resource) -> int | None:
        if resource.created_at is None:
            return None
        return max(0, (self.now() - resource.created_at) // timedelta(seconds=1))

    def _cleared(
        self, name: str, part: Sweepable, removable: Removable, resources: Sequence[Resource]
    ) -> Iterator[Swept]:
        judged = part.judge(removable.saga, resources)
        yield from (
            self._report(resource, removable, "kept", resource.kept)
            for resource in judged
            if resource.kept
        )
        going = [resource for resource in judged if not resource.kept]
        if self.order.dry_run:
            yield from (self._report(resource, removable, "would_remove") for resource in going)
        elif going:
            yield from self._removed(name, part, removable, going)

    def _removed(
        self, name: str, part: Sweepable, removable: Removable, going: Sequence[Resource]
    ) -> Iterator[Swept]:
        note = self._removals.about_to_remove(name, going)
        removed: list[Swept] = []
        try:
            for resource, why in part.remove(going):
                item = self._report(resource, removable, "kept" if why else "removed", why)
                removed += [] if why else [item]
                yield item
        finally:
            with self._reaching("events", note.workflow_id):
                self._removals.record(note, removed)

    def _report(
        self, resource: Resource, removable: Removable, state: Any, detail: str | None = None
    ) -> Swept:
        return Swept(
            kind=resource.kind,
            name=resource.name,
            workflow_id=resource.workflow_id,
            age_s=self._age_s(resource),
            why=removable.why,
            state=state,
            detail=detail,
        )


def _by_workflow(found: Sequence[Resource]) -> Iterator[tuple[str, list[Resource]]]:
    ordered = sorted(found, key=lambda resource: resource.workflow_id)
    for workflow_id, resources in groupby(ordered, key=lambda resource: resource.workflow_id):
        yield workflow_id, list(resources)


def _removable(store: Store, workflow_id: str) -> Removable | None:
    """None while the workflow is open, and for a completed one: its resources are in use."""
    try:
        saga = store.load(workflow_id)
    except NotFound:
        return Removable(None, "its workflow is unknown")
    status = saga.workflow.status
    return Removable(saga, f"its workflow is {status}") if status in _UNDONE else None


def sweep(order: Sweep, _call: Call, **ports: Any) -> SweepReport:
    """The same Idempotency-Key sweeps again, and reports what was left to do by then.

    Each removal and rescue happens once, because everything is checked again first.
    """
    return Sweeper(order, **ports).run()


on_request = command(
    sweep,
    Sweep,
    answers.ok,
    scope="workflows:operate",
    claims=claims,
    store=store,
    executions=executions,
    parts=managed_parts,
    instance=instance,
    bus=bus,
    workspace=workspace,
    here=here,
)


def on_schedule(_event: Mapping[str, Any], _context: object = None) -> dict[str, Any]:
    """Return a SweepReport. Young resources may still be needed, and are spared for a while."""
    order = Sweep(grace_minutes=settings().sweep_grace_minutes)
    sweeper = Sweeper(
        order, store(), executions(), managed_parts(), instance(), bus(), workspace(), here()
    )
    return sweeper.run().model_dump(mode="json")
