"""A cursor leads on in the list that it came from, and nowhere else."""

import base64
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.unit.slipway.cqrs.stories import NOON, SHOP

from slipway.cqrs.cursor import continued, cursor_of
from slipway.cqrs.problem import Refused
from slipway.cqrs.views import Selection

POSITION = f"2030-03-01T12:00:00.000000Z#{SHOP}"
MINE = Selection(owner="anna", status="RUNNING")


def test_a_cursor_leads_on_whatever_the_limit() -> None:
    cursor = cursor_of(MINE, POSITION)

    assert continued(replace(MINE, limit=5), cursor).after == POSITION


@pytest.mark.parametrize(
    "other",
    [
        replace(MINE, owner="boris"),
        replace(MINE, status=None),
        replace(MINE, session="s"),
        replace(MINE, since=NOON),
    ],
)
def test_a_cursor_of_another_list_is_refused(other: Selection) -> None:
    with pytest.raises(Refused, match="does not belong to this list"):
        continued(other, cursor_of(MINE, POSITION))


@pytest.mark.parametrize("cursor", ["", "x", "%%%", "A" * 64, "ä", base64.b64encode(b"\xff" * 40)])
def test_a_made_up_cursor_is_refused(cursor: str | bytes) -> None:
    text = cursor if isinstance(cursor, str) else cursor.decode()
    with pytest.raises(Refused, match="does not belong to this list"):
        continued(MINE, text)


def test_a_position_outside_the_period_is_refused() -> None:
    later = replace(MINE, since=NOON + timedelta(days=1))

    with pytest.raises(Refused, match="does not belong to this list"):
        continued(later, cursor_of(later, POSITION))
