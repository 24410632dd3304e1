"""The read side of accounts keeps the same promises in memory and in the table."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.integration.slipway.cqrs.aws import aws, client, make_table

from slipway.adapters.dynamodb_account_views import DynamoDbAccountViews
from slipway.adapters.dynamodb_views import DynamoDbViews
from slipway.cqrs.account_views import AccountViews, SessionSelection
from slipway.cqrs.memory_account_views import MemoryAccountViews
from slipway.cqrs.views import Selection
from slipway.messages.accounts import ConfigView, Defaults, SessionView
from slipway.saga.errors import Rejected

NOON = datetime.fromisoformat("2030-03-01T12:00:00Z")
DAY = timedelta(days=1)
MINE = SessionSelection(owner="anna")


@pytest.fixture(params=["memory", "dynamodb"])
def views(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[AccountViews]:
    if request.param == "memory":
        yield MemoryAccountViews()
        return
    with aws(monkeypatch):
        yield DynamoDbAccountViews(make_table("ReadTable", "read"), "read")


def session(number: int, owner: str = "anna", closed_at: datetime | None = None) -> SessionView:
    at = NOON + timedelta(minutes=number)
    return SessionView(
        session_id=f"se_number{number:03d}",
        version=2 if closed_at else 1,
        owner=owner,
        labels={"number": str(number)},
        created_at=at,
        expires_at=at + DAY,
        closed_at=closed_at,
    )


def found(views: AccountViews, selection: SessionSelection, now: datetime = NOON) -> list[int]:
    numbers: list[int] = []
    while True:
        page = views.open_sessions(selection, now)
        numbers += [int(each.labels["number"]) for each in page.sessions]
        if page.position is None:
            return numbers
        selection = replace(selection, after=page.position)


def test_a_session_is_found_by_its_id_as_it_was_last_told(views: AccountViews) -> None:
    for told in (session(1), session(1, closed_at=NOON + DAY), session(1)):
        views.keep_session(told)

    assert views.session("se_number001") == session(1, closed_at=NOON + DAY)
    assert views.session("se_number002") is None


def test_open_sessions_are_the_owners_own_newest_first_in_pages(views: AccountViews) -> None:
    for number in range(1, 8):
        views.keep_session(session(number))
    views.keep_session(session(8, owner="boris"))

    assert found(views, replace(MINE, limit=3)) == [7, 6, 5, 4, 3, 2, 1]
    assert found(views, SessionSelection(owner="boris")) == [8]
    assert found(views, SessionSelection(owner="clara")) == []
    assert list(views.open_sessions(MINE, NOON).sessions)[-1] == session(1)


def test_a_closed_one_is_gone_and_stays_gone_whatever_comes_late(views: AccountViews) -> None:
    views.keep_session(session(1))
    views.keep_session(session(2))

    views.keep_session(session(1, closed_at=NOON))
    views.keep_session(session(1))

    assert found(views, MINE) == [2]


def test_one_whose_opening_got_lost_is_closed_all_the_same(views: AccountViews) -> None:
    views.keep_session(session(1, closed_at=NOON))
    views.keep_session(session(1))

    assert found(views, MINE) == []


def test_the_clock_says_what_has_expired_not_the_table(views: AccountViews) -> None:
    for number in (1, 2):
        views.keep_session(session(number))

    assert found(views, MINE, session(1).expires_at - timedelta(seconds=1)) == [2, 1]
    assert found(views, MINE, session(1).expires_at) == [2]
    assert found(views, MINE, session(2).expires_at) == []


def test_no_owner_can_spell_the_place_of_another_ones_sessions(views: AccountViews) -> None:
    views.keep_session(session(1, owner="a"))

    assert found(views, SessionSelection(owner="a#sessions")) == []
    assert found(views, SessionSelection(owner="a")) == [1]


def test_the_newest_configuration_counts_whatever_comes_late(views: AccountViews) -> None:
    first = ConfigView(version=1, updated_at=NOON)
    third = ConfigView(
        version=3,
        updated_at=NOON,
        defaults=Defaults.model_validate({"image": {"repository_prefix": "ghcr.io/acme"}}),
    )
    assert views.config("anna") == ConfigView()

    for config in (first, third, first):
        views.keep_config("anna", config)

    assert views.config("anna") == third
    assert views.config("boris") == ConfigView()


def test_sessions_are_not_among_the_workflows(monkeypatch: pytest.MonkeyPatch) -> None:
    with aws(monkeypatch):
        table = make_table("ReadTable", "read")
        DynamoDbAccountViews(table, "read").keep_session(session(1))

        page = DynamoDbViews(table, "read").select(Selection(owner="anna"))

    assert list(page.views) == []


def test_a_table_that_is_not_there_is_named_with_its_setting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with aws(monkeypatch), pytest.raises(Rejected, match="no_read_table") as refused:
        DynamoDbAccountViews(client("dynamodb"), "nowhere").config("anna")

    assert refused.value.fix == "set SLIPWAY_READ_TABLE to the table of this stack"
