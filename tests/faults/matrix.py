"""The cells of the fault matrix, generated from the plan and from what the steps really call."""

from collections.abc import Iterator
from functools import cache

import pytest
from tests.faults.injection import Fault, Saboteur, Tripwire, Witness
from tests.faults.worlds import ME, WORLDS, prepared

from slipway.saga import Plan
from steps import PLAN

KINDS = ("rejected", "unavailable", "defect", "killed")
WHEN = ("before", "after")
LAST = PLAN.steps[-1].name
ROLLBACK = Fault(LAST, "rejected", "after")
"""Undoes everything: what comes before is done, and every undo runs."""

Cell = tuple[str, Fault]
"""A world's name and what goes wrong in it."""


def effects(plan: Plan, action: str = "execute", kinds: tuple[str, ...] = KINDS) -> Iterator[Fault]:
    for step in plan:
        for kind in kinds:
            for when in WHEN:
                yield Fault(step.name, kind, when, action)


def every_effect(world: str) -> Iterator[Cell]:
    for fault in effects(PLAN):
        yield world, fault


def every_call(
    world: str, kinds: tuple[str, ...], action: str = "execute", times: int | None = None
) -> Iterator[Cell]:
    """At each call of a port that the steps make in this world when nothing goes wrong."""
    for step in PLAN:
        for number, label in enumerate(calls(world)[action, step.name], start=1):
            for kind in kinds:
                for when in WHEN:
                    yield world, Fault(step.name, kind, when, action, number, times, label)


@cache
def calls(world: str) -> dict[tuple[str, str], list[str]]:
    rig, request = prepared(world)
    witness = Witness(Saboteur(rig.runner, ROLLBACK))
    rig.run(rig.submit(ME, **request), witness)
    return dict(witness.calls)


def every_outside_effect(world: str) -> Iterator[tuple[str, int, str, str]]:
    """World, number, when and name of all that a whole rollback does to engine and cluster."""
    wire = Tripwire()
    rig, request = prepared(world, wire)
    wire.armed = True
    rig.run(rig.submit(ME, **request), Saboteur(rig.runner, ROLLBACK))
    for number, effect in enumerate(wire.effects, start=1):
        for when in WHEN:
            yield world, number, when, effect.partition(" ")[0]


def cells(*given: Iterator[Cell]) -> list[object]:
    """As parameters of a test, each named by its world and its fault."""
    return [
        pytest.param(world, fault, id=f"{world}-{fault}") for some in given for world, fault in some
    ]


def in_every_world(generate: object, *args: object, **kwargs: object) -> list[object]:
    return cells(*(generate(world, *args, **kwargs) for world in WORLDS))  # type: ignore[operator]
