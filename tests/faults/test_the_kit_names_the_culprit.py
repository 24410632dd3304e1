"""A saga has one defect, and somebody who never saw the kit reads the first cell that fails."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import pytest
from pydantic import BaseModel

from slipway.saga import Outcome, Plan, Step, Workflow
from slipway.saga.testing import LawBroken, Subject, World, matrix
from slipway.saga.testing.cells_of_steps import OLDER
from slipway.saga.testing.trial import ME


class Trip(BaseModel):
    nights: int


@dataclass
class Agency:
    """Holds of rooms by trip, seats by trip, and a letter for each trip."""

    rooms: dict[str, int] = field(default_factory=dict)
    seats: set[str] = field(default_factory=set)
    letters: list[str] = field(default_factory=list)


class Desk:
    def __init__(self) -> None:
        self.agency = Agency()
        self.ports: Mapping[str, object] = {"agency": self.agency}

    def snapshot(self) -> object:
        agency = self.agency
        return Agency(dict(agency.rooms), set(agency.seats), list(agency.letters))


def hold(trip: Workflow[Trip], agency: Agency) -> Outcome:
    agency.rooms[trip.id] = trip.request.nights
    return Outcome.nothing()


def let_go(trip: Workflow[Trip], agency: Agency) -> None:
    agency.rooms.pop(trip.id, None)


def seat(trip: Workflow[Trip], agency: Agency) -> Outcome:
    agency.seats.add(trip.id)
    return Outcome.nothing()


def free(trip: Workflow[Trip], agency: Agency) -> None:
    agency.seats.discard(trip.id)


def write(trip: Workflow[Trip], agency: Agency) -> Outcome:
    if trip.id not in agency.letters:
        agency.letters.append(trip.id)
    return Outcome.nothing()


def tear_up(trip: Workflow[Trip], agency: Agency) -> None:
    if trip.id in agency.letters:
        agency.letters.remove(trip.id)


def forget(_trip: Workflow[Trip], agency: Agency) -> None:
    """Undoes nothing."""


def free_instead(trip: Workflow[Trip], agency: Agency) -> None:
    """The undo of another step, pasted here."""
    agency.seats.discard(trip.id)


def free_all(_trip: Workflow[Trip], agency: Agency) -> None:
    """Also the seats of others."""
    agency.seats.clear()


def write_each_time(trip: Workflow[Trip], agency: Agency) -> Outcome:
    agency.letters.append(trip.id)
    return Outcome.nothing()


def one_night_more(trip: Workflow[Trip], agency: Agency) -> Outcome:
    agency.rooms[trip.id] = agency.rooms.get(trip.id, 0) + trip.request.nights
    return Outcome.nothing()


def free_or_fail(trip: Workflow[Trip], agency: Agency) -> None:
    """Raises when there is nothing to undo."""
    agency.seats.remove(trip.id)


TRIPS = Plan("trip", "1", Trip, tuple(Step(n, timeout_s=10) for n in ("room", "flight", "mail")))
STEPS: dict[str, tuple[Callable[..., Any], ...]] = {
    "room": (hold, let_go),
    "flight": (seat, free),
    "mail": (write, tear_up),
}
DEFECTS: Mapping[str, tuple[str, tuple[Callable[..., Any], ...], str]] = {
    "a forgotten undo": (
        "flight",
        (seat, forget),
        (
            f"law 8: after a rollback the world differs: seats: '{ME}' is there;"
            " made by flight, whose undo did not revert it"
        ),
    ),
    "an undo of the wrong thing": (
        "mail",
        (write, free_instead),
        (
            f"letters: '{ME}' is there; made by mail, whose undo did not revert it,"
            f" and did something else: seats: '{ME}' is gone"
        ),
    ),
    "an undo that deletes what existed before": (
        "flight",
        (seat, free_all),
        (
            f"law 7: what an older workflow left differs: seats: '{OLDER}' is gone;"
            " deleted by the undo of flight, although it existed before"
        ),
    ),
    "a step that appends each time": (
        "mail",
        (write_each_time, tear_up),
        (
            f"law 1: the world differs from that of an undisturbed saga: letters: '{ME}'"
            " is there once more; made by mail, which ran 2 times"
        ),
    ),
    "a step that adds each time": (
        "room",
        (one_night_more, let_go),
        (
            "law 1: the world differs from that of an undisturbed saga:"
            f" rooms: '{ME}' was 3 and is 6; changed by room, which ran 2 times"
        ),
    ),
    "an undo that fails on nothing": (
        "flight",
        (seat, free_or_fail),
        (
            "law 2: the undo of flight fails where there is nothing to undo:"
            " KeyError in tests.faults.test_the_kit_names_the_culprit"
        ),
    ),
}


def trips(world: Callable[[], World] = Desk, **steps: tuple[Callable[..., Any], ...]) -> Subject:
    given = {**STEPS, **steps}
    return Subject(plan=TRIPS, steps=given, world=world, request={"nights": 3})


def failures(subject: Subject) -> list[str]:
    """The first of them: enough to see that they agree."""
    told = (failure(cell.check) for cell in matrix(subject))
    return list(islice(filter(None, told), 30))


def failure(check: Callable[[], str]) -> str:
    try:
        check()
    except LawBroken as broken:
        return without_lines(str(broken))
    return ""


def without_lines(text: str) -> str:
    """Where an error was raised, but for the number of the line."""
    return re.sub(r", line \d+", "", text)


def test_a_sound_saga_has_nothing_to_tell() -> None:
    assert failures(trips()) == []


@pytest.mark.parametrize(("step", "functions", "told"), DEFECTS.values(), ids=list(DEFECTS))
def test_the_first_failure_names_the_step_and_what_it_left(
    step: str, functions: tuple[Callable[..., Any], ...], told: str
) -> None:
    first, *more = failures(replace(trips(), steps={**STEPS, step: functions}))

    assert told in first
    assert all(step in each for each in more)
