"""Where nothing can be planted yet, one failure names the cause and the fix, and no cell is played.

Also a step that would end the whole process ends its cell, and never the tests.
"""

import signal
from collections.abc import Callable, Mapping
from itertools import count, islice
from typing import Any, NoReturn

import pytest
from tests.faults.test_the_kit_names_the_culprit import (
    STEPS,
    TRIPS,
    Agency,
    Desk,
    Trip,
    forget,
    free,
    let_go,
    seat,
    trips,
)

from slipway.saga import Outcome, Rejected, Workflow
from slipway.saga.driver import InProcessDriver
from slipway.saga.testing import Subject, laws_of, matrix
from slipway.saga.testing.baseline import BaselineBroken
from slipway.saga.testing.escapes import StepEscaped
from slipway.saga.testing.laws import BROKEN as BROKEN_CELL
from slipway.saga.testing.laws import CELL
from slipway.saga.testing.trial import ME


def give_up(_trip: Workflow[Trip], **_ports: Agency) -> Outcome:
    raise SystemExit(3)


def press_ctrl_c(_trip: Workflow[Trip], **_ports: Agency) -> Outcome:
    raise KeyboardInterrupt


def sold_out(_trip: Workflow[Trip], **_ports: Agency) -> Outcome:
    raise Rejected("sold_out", "no room left")


def sold_out_after_all(trip: Workflow[Trip], agency: Agency) -> Outcome:
    """Has taken a seat, and says that it did nothing."""
    seat(trip, agency)
    raise Rejected("sold_out", "no room left", clean=True)


def seat_silently(trip: Workflow[Trip], agency: Agency) -> None:
    seat(trip, agency)


def with_money(_trip: Workflow[Trip], money: int) -> None:
    """Wants a port that the world has not."""


class Alive(Desk):
    def snapshot(self) -> object:
        return self.agency


class Opaque(Desk):
    """Two of its snapshots are never equal."""

    def snapshot(self) -> object:
        return object()


class Incomparable(Desk):
    def snapshot(self) -> object:
        return _NotEvenWithItself()


class _NotEvenWithItself:
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, _other: object) -> bool:
        raise TypeError("the truth of an array is ambiguous")


class Shared(Desk):
    """Made once, and used for every cell."""

    one = Agency()

    def __init__(self) -> None:
        super().__init__()
        self.agency = self.one
        self.ports = {"agency": self.one}

    def snapshot(self) -> object:
        return dict(self.one.rooms)


class Unequal(Desk):
    """Shows an object of its own, which equals no other."""

    def __init__(self) -> None:
        super().__init__()
        self.shown = object()

    def snapshot(self) -> object:
        return self.shown


def seat_somewhere(trip: Workflow[Trip], agency: Agency) -> Outcome:
    """The number is drawn, and not derived."""
    agency.seats.add(f"{trip.id}-{next(_DRAWN)}")
    return Outcome.nothing()


def free_all(_trip: Workflow[Trip], agency: Agency) -> None:
    agency.seats.clear()


_DRAWN = count(1)


class Portless:
    def snapshot(self) -> object:
        return None


class Collapsing(Desk):
    def __init__(self) -> None:
        raise SystemExit(4)


def named(**steps: tuple[Callable[..., Any], ...]) -> Subject:
    return Subject(plan=TRIPS, steps=steps, world=Desk, request={"nights": 3})


BROKEN: Mapping[str, tuple[Subject, str]] = {
    "a step always fails": (
        trips(flight=(sold_out, forget)),
        "flight fails: sold_out: no room left; the saga ends COMPENSATED\nFix: fix the step",
    ),
    "a step hides what it did": (
        trips(flight=(sold_out_after_all, free)),
        (
            "flight fails: sold_out: no room left; the saga ends COMPENSATED_WITH_LEFTOVERS and"
            f" leaves: seats: '{ME}' is there; made by flight, whose undo never ran, because of"
            " clean=True\nFix: set clean=True in flight only where it has done nothing yet."
        ),
    ),
    "the first step hides what it did": (
        trips(room=(sold_out_after_all, free)),
        (
            "room fails: sold_out: no room left; the saga ends COMPENSATED_WITH_LEFTOVERS and"
            f" leaves: seats: '{ME}' is there; made by room, whose undo never ran, because of"
        ),
    ),
    "a step does not say what it did": (
        trips(flight=(seat_silently, free)),
        "flight fails: defect: flight returned None, not an Outcome; the saga ends COMPENSATED",
    ),
    "one function instead of two": (
        Subject(TRIPS, {**STEPS, "flight": seat}, Desk, {"nights": 3}),  # type: ignore[dict-item]
        "the functions of flight are seat\nFix: give it (do, undo)",
    ),
    "a step exits": (trips(flight=(give_up, forget)), "flight raised SystemExit(3)"),
    "an undo exits": (trips(flight=(seat, give_up)), "the undo of flight raised SystemExit(3)"),
    "a step interrupts": (trips(room=(press_ctrl_c, let_go)), "room raised KeyboardInterrupt()"),
    "an intent exits": (trips(room=(*STEPS["room"], give_up)), "room raised SystemExit(3)"),
    "a port is missing": (
        trips(flight=(seat, with_money)),
        "flight cannot be given its ports: with_money(",
    ),
    "a step has another name": (
        named(room=STEPS["room"], fly=STEPS["flight"], mail=STEPS["mail"]),
        "steps= has no flight, which the plan has, but fly\nFix: give each step of the plan",
    ),
    "a step too many": (
        trips(taxi=STEPS["room"]),
        "steps= has taxi, which the plan does not have\nFix: add it to the plan",
    ),
    "a request that is none": (
        Subject(plan=TRIPS, steps=STEPS, world=Desk, request={"days": 3}),
        "the request raises ValidationError",
    ),
    "a world without ports": (
        Subject(plan=TRIPS, steps=STEPS, world=Portless, request={}),  # type: ignore[arg-type]
        "Portless has no ports",
    ),
    "a world that exits": (trips(Collapsing), "the world raises SystemExit(4)"),
    "a snapshot that is alive": (trips(Alive), "the earlier snapshot has changed"),
    "a snapshot of identities": (trips(Opaque), "two snapshots of an untouched world differ"),
    "a snapshot without ==": (trips(Incomparable), "comparing two snapshots raises TypeError"),
    "a snapshot that equals no other": (trips(Unequal), "two new worlds differ: "),
    "a name that is drawn": (
        trips(flight=(seat_somewhere, free_all)),
        "two undisturbed sagas leave different worlds: seats: ",
    ),
    "a world instead of its class": (
        Subject(TRIPS, STEPS, Desk(), {"nights": 3}),  # type: ignore[arg-type]  # what is wrong
        "world= is a single Desk, but each cell needs its own\nFix: give the class of the world",
    ),
    "a world for all": (
        trips(Shared),
        "a new world contains state of an earlier one: {'wf_bbbbbbbbbbbbbbbbbbbbbbbb': 3} is there",
    ),
}


@pytest.mark.parametrize(("subject", "told"), BROKEN.values(), ids=list(BROKEN))
def test_one_cell_names_the_cause_and_there_is_no_other(subject: Subject, told: str) -> None:
    [cell] = matrix(subject)

    with pytest.raises(BaselineBroken) as broken:
        cell.check()

    assert str(broken.value).startswith(told)
    assert "\nFix: " in str(broken.value)


class Asleep(InProcessDriver):
    def run(self, workflow_id: str, execution: str | None = None) -> None:
        """Drives nowhere."""


def test_with_a_driver_that_goes_nowhere_one_cell_says_so_and_the_others_refer_to_it() -> None:
    subject = Subject(TRIPS, STEPS, Desk, {"nights": 3}, drive=Asleep)
    told = []
    for cell in matrix(subject, 5):
        with pytest.raises(BaselineBroken) as broken:
            cell.check()
        told.append(broken.value.told)

    assert told == [False, *[True] * (len(told) - 1)]
    assert len(told) > 1


def exit_when_late(trip: Workflow[Trip], agency: Agency) -> Outcome:
    """Only a second run finds it out."""
    if trip.id in agency.seats:
        raise SystemExit("twice")
    return seat(trip, agency)


def test_a_step_that_exits_only_when_it_is_disturbed_fails_that_cell_with_a_plain_word() -> None:
    cells = {str(cell): cell for cell in matrix(trips(flight=(exit_when_late, STEPS["flight"][1])))}

    with pytest.raises(StepEscaped, match=r"flight raised SystemExit\('twice'\), which ends the"):
        cells["law-01-flight-unavailable-x1-after"].check()
    assert cells["law-05-room-rejected-before"].check() == "undone"


def somebody_presses_ctrl_c(_trip: Workflow[Trip], **_ports: Agency) -> NoReturn:
    """As the interpreter does it: no line of the step raises it."""
    signal.default_int_handler(signal.SIGINT, None)


def test_whoever_presses_ctrl_c_while_a_step_runs_is_obeyed() -> None:
    with pytest.raises(KeyboardInterrupt):
        list(matrix(trips(flight=(somebody_presses_ctrl_c, forget))))


def test_pytest_is_told_once_and_leaves_the_rest_out() -> None:
    subject = Subject(TRIPS, STEPS, Desk, {"nights": 3}, drive=Asleep)
    first, second = islice(matrix(subject, 5), 2)
    test, noted = laws_of({"": subject}, 5), dict[str, object]()

    with pytest.raises(pytest.fail.Exception, match="the saga ends REQUESTED"):
        test(first, noted.__setitem__)
    with pytest.raises(pytest.skip.Exception, match="the saga ends REQUESTED"):
        test(second, noted.__setitem__)

    assert noted[CELL] == BROKEN_CELL
