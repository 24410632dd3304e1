"""Accounts are kept alike in memory and in the write table: one winner per version, or nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.contract.accounts import HOUR, NOON, Table, a_session, table
from tests.contract.stores import workflow

from slipway.accounts import changes
from slipway.accounts.state import (
    LIFETIME,
    MOST_OPEN,
    Config,
    Roster,
    Session,
    TooManySessions,
)
from slipway.messages.accounts import Defaults
from slipway.saga import transitions
from slipway.saga.store import Conflict, Inbox, NotFound, SessionNotOpen

__all__ = ["table"]
THREE = Defaults.model_validate({"app": {"replicas": 3}})


def opened(table: Table, session: Session) -> Session:
    accounts, _ = table
    change = changes.opened(accounts.roster(session.owner), session)
    accounts.record(change)
    return change.session


def full_up_to(table: Table, count: int) -> None:
    """As many are open, one a minute since noon. Their sessions are left out: nobody asks."""
    accounts, _ = table
    opened(table, a_session("number0"))
    open_ = {f"se_number{n}": NOON + timedelta(minutes=n) + LIFETIME for n in range(count)}
    change = changes.opened(accounts.roster("anna"), a_session(f"number{count - 1}"))
    accounts.record(replace(change, roster=change.roster.model_copy(update={"sessions": open_})))


def test_a_session_is_read_back_with_its_labels(table: Table) -> None:
    accounts, _ = table
    session = opened(table, a_session("teatime", branch="main", note=""))

    assert accounts.session("se_teatime") == session
    assert accounts.roster("anna").sessions == {"se_teatime": NOON + LIFETIME}


def test_who_never_had_anything_has_an_empty_account(table: Table) -> None:
    accounts, _ = table

    assert accounts.session("se_nowhere") is None
    assert accounts.roster("anna") == Roster(owner="anna")
    assert accounts.config("anna") == Config(owner="anna")


def test_what_happened_is_told_again_in_order_of_each_alone(table: Table) -> None:
    accounts, _ = table
    session = opened(table, a_session("teatime"))
    opened(table, a_session("supper"))
    accounts.record(changes.closed(accounts.roster("anna"), session, NOON + HOUR))
    accounts.record(changes.updated(accounts.config("anna"), THREE, NOON))

    told = [event.id for event in accounts.events_of("session", "se_teatime")]

    assert told == ["se_teatime-000001", "se_teatime-000002"]
    assert [e.id for e in accounts.events_of("config", "anna")] == ["config-anna-000001"]
    assert accounts.events_of("config", "se_teatime") == []


def test_of_two_that_saw_the_same_roster_one_writes_and_the_other_writes_nothing(
    table: Table,
) -> None:
    accounts, _ = table
    seen = accounts.roster("anna")
    accounts.record(changes.opened(seen, a_session("first")))

    with pytest.raises(Conflict):
        accounts.record(changes.opened(seen, a_session("second")))

    assert accounts.session("se_second") is None
    assert accounts.roster("anna").sessions.keys() == {"se_first"}


def test_a_hundred_are_open_and_no_more_however_they_race(table: Table) -> None:
    """The last place is seen by two: whoever writes first has it, and the other one is told."""
    accounts, _ = table
    full_up_to(table, MOST_OPEN - 1)
    seen = accounts.roster("anna")
    accounts.record(changes.opened(seen, a_session("last")))

    with pytest.raises(Conflict):
        accounts.record(changes.opened(seen, a_session("late")))
    with pytest.raises(TooManySessions) as full:
        changes.opened(accounts.roster("anna"), a_session("late"))

    assert full.value.frees_at == NOON + LIFETIME
    assert len(accounts.roster("anna").sessions) == MOST_OPEN
    assert opened(table, a_session("other", owner="boris")).version == 1


def test_the_expired_and_the_closed_make_room(table: Table) -> None:
    accounts, _ = table
    full_up_to(table, MOST_OPEN)
    first, last = accounts.session("se_number0"), accounts.session("se_number99")
    assert first is not None
    assert last is not None

    accounts.record(changes.closed(accounts.roster("anna"), last, NOON + HOUR))
    opened(table, a_session("instead", at=NOON + HOUR))
    opened(table, a_session("tomorrow", at=first.expires_at))

    names = accounts.roster("anna").sessions.keys()
    assert len(names) == MOST_OPEN
    assert names.isdisjoint({"se_number0", "se_number99"})


def test_a_session_is_closed_once(table: Table) -> None:
    accounts, _ = table
    session = opened(table, a_session("teatime"))
    roster = accounts.roster("anna")
    accounts.record(changes.closed(roster, session, NOON + HOUR))

    with pytest.raises(Conflict):
        accounts.record(changes.closed(roster, session, NOON + HOUR * 2))

    closed = accounts.session("se_teatime")
    assert closed is not None
    assert (closed.version, closed.closed_at) == (2, NOON + HOUR)


def test_a_configuration_is_replaced_by_who_has_seen_the_last_one(table: Table) -> None:
    accounts, _ = table
    first = changes.updated(accounts.config("anna"), THREE, NOON)
    accounts.record(first)

    with pytest.raises(Conflict):
        accounts.record(changes.updated(Config(owner="anna"), Defaults(), NOON))
    assert accounts.config("anna") == first.config
    accounts.record(changes.updated(first.config, Defaults(), NOON + HOUR))

    after = accounts.config("anna")
    assert (after.version, after.defaults, after.updated_at) == (2, Defaults(), NOON + HOUR)
    assert accounts.config("boris").version == 0


def test_a_key_is_used_once_whatever_it_was_used_for(table: Table) -> None:
    accounts, store = table
    inbox = Inbox("key", "fingerprint", {"session_id": "se_teatime"})
    change = changes.opened(accounts.roster("anna"), a_session("teatime"))
    accounts.record(replace(change, inbox=inbox))

    with pytest.raises(Conflict):
        accounts.record(replace(changes.updated(accounts.config("anna"), THREE, NOON), inbox=inbox))
    with pytest.raises(Conflict):
        store.commit(transitions.requested(workflow("shop"), inbox))

    assert accounts.remembered("key") == store.remembered("key") == inbox
    assert accounts.config("anna").version == 0


@pytest.mark.parametrize(
    ("owner", "closed", "hours"), [("boris", False, 0), ("anna", True, 0), ("anna", False, 24)]
)
def test_a_workflow_is_written_only_in_an_open_session_of_its_owner(
    table: Table, owner: str, closed: bool, hours: int
) -> None:
    accounts, store = table
    session = opened(table, a_session("teatime", owner=owner))
    if closed:
        accounts.record(changes.closed(accounts.roster(owner), session, NOON))
    at = NOON + HOUR * hours
    within = {"session_id": "se_teatime", "created_at": at}

    with pytest.raises(SessionNotOpen) as refused:
        store.commit(transitions.requested(workflow("shop").model_copy(update=within), None))

    assert refused.value.session_id == "se_teatime"
    with pytest.raises(NotFound):
        store.load("wf_shop")


def test_workflows_are_requested_in_a_session_to_its_last_second(table: Table) -> None:
    _, store = table
    session = opened(table, a_session("teatime"))
    for name, at in (("shop", NOON), ("cafe", session.expires_at - timedelta(seconds=1))):
        within = {"session_id": "se_teatime", "created_at": at}
        store.commit(transitions.requested(workflow(name).model_copy(update=within), None))

    assert store.load("wf_cafe").workflow.session_id == "se_teatime"
    never = workflow("bar").model_copy(update={"session_id": "se_never"})
    with pytest.raises(SessionNotOpen):
        store.commit(transitions.requested(never, None))


def test_a_closing_that_comes_between_is_seen_by_the_request(table: Table) -> None:
    """The session was open when the request was looked at, and is not when it is written."""
    accounts, store = table
    session = opened(table, a_session("teatime"))
    within = {"session_id": "se_teatime"}
    change = transitions.requested(workflow("shop").model_copy(update=within), None)
    accounts.record(changes.closed(accounts.roster("anna"), session, NOON))

    with pytest.raises(SessionNotOpen):
        store.commit(change)
