"""What a cell found is told in words that begin with what matters, and name the step."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from tests.faults.test_the_kit_names_the_culprit import (
    Agency,
    Trip,
    failure,
    forget,
    free,
    free_or_fail,
    hold,
    seat,
    trips,
    without_lines,
)

from slipway.saga import Outcome, Rejected, Workflow
from slipway.saga.testing import laws_of, matrix
from slipway.saga.testing.cells import NeverStruck
from slipway.saga.testing.summary import in_lines


def never(_trip: Workflow[Trip], **_ports: Agency) -> None:
    raise RuntimeError("the desk is closed")


def seat_once(trip: Workflow[Trip], agency: Agency) -> Outcome:
    """Refuses what it has done itself."""
    if trip.id in agency.seats:
        raise Rejected("taken", "the seat is taken")
    return seat(trip, agency)


WORDS: Mapping[str, tuple[tuple[Callable[..., Any], ...], str, str]] = {
    "an undo that fails on nothing, seen by its order": (
        (seat, free_or_fail),
        "law-05-flight-rejected-before",
        (
            "law 6: the undo of flight fails: KeyError in"
            " tests.faults.test_the_kit_names_the_culprit;"
            " undone in the order flight x6, room, not flight, room"
        ),
    ),
    "an undo that never works": (
        (seat, never),
        "law-06-undo-mail-defect-before",
        (
            "law 6: the undo of flight fails: RuntimeError in tests.faults.test_failures_in_words;"
            " the undo of mail fails: ZeroDivisionError in slipway.saga.testing.faults;"
            " only mail should be parked, but so is flight"
        ),
    ),
    "an undo that never works, mended in vain": (
        (seat, never),
        "law-06-undo-room-unavailable-before-mended",
        (
            "law 6: the undo of flight fails: RuntimeError in tests.faults.test_failures_in_words;"
            " undone mail, flight x24, room, but room not within 7 tries"
        ),
    ),
    "a step that cannot run twice": (
        (seat_once, free),
        "law-01-flight-unavailable-x1-after",
        "law 1: ended undone, not completed: flight fails: taken: the seat is taken",
    ),
    "a step that cannot run while it runs": (
        (seat_once, free),
        "law-01-flight-again-x1-before",
        "stopped externally; flight raised Rejected('taken: the seat is taken')",
    ),
    "a step that tells another cause": (
        (seat_once, free),
        "law-05-flight-unavailable-after",
        (
            "law 9: recorded cause: flight fails: taken: the seat is taken,"
            " not flight fails: planted"
        ),
    ),
}


@pytest.mark.parametrize(("functions", "name", "told"), WORDS.values(), ids=list(WORDS))
def test_a_failure_is_told_in_words(
    functions: tuple[Callable[..., Any], ...], name: str, told: str
) -> None:
    cells = {str(cell): cell for cell in matrix(trips(flight=functions))}

    assert told in failure(cells[name].check)


@pytest.mark.parametrize("functions", [(seat, forget), (seat, free_or_fail), (seat_once, free)])
def test_the_line_of_pytests_summary_begins_with_the_step(
    functions: tuple[Callable[..., Any], ...],
) -> None:
    subject = trips(flight=functions)
    broken = next(cell for cell in matrix(subject) if failure(cell.check))

    with pytest.raises(pytest.fail.Exception) as failed:
        laws_of({"": subject})(broken, lambda _name, _value: None)

    assert failed.exconly().startswith("flight: law ")
    assert not failed.value.pytrace


def test_what_many_cells_found_is_one_line_of_the_sum() -> None:
    found = Counter({"law 8: it differs": 40, "the step fails\nFix: mend it.": 1})

    assert list(in_lines(found)) == ["  40 x law 8: it differs", "  1 x the step fails"]
    many = list(in_lines(Counter(map(str, range(20)))))
    assert many[-1] == "  and 8 others"


def test_a_fault_that_nothing_comes_to_says_why() -> None:
    cells = {str(cell): cell for cell in matrix(trips(room=(hold, never)))}

    with pytest.raises(NeverStruck) as seen:
        cells["law-06-undo-room-defect-after"].check()

    told = (
        "the undo of room fails: RuntimeError in tests.faults.test_failures_in_words;"
        " so undo-room-defect-after never"
    )
    assert without_lines(str(seen.value)).startswith(told)
