"""A read table is filled anew beside the live one, and takes over, while work goes on."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.slipway.cqrs.read_side import (
    AFewAtATime,
    beside,
    counted_anew,
    deliver,
    figures,
    read_tables,
    replayed,
    shown,
)
from tests.unit.slipway.cqrs.stories import NOON, SHOP, requested, run

from slipway.accounts.memory import MemoryAccounts
from slipway.cqrs.generations import Colour, Phase
from slipway.cqrs.read_tables import NOTICED_WITHIN_S, ReadTables
from slipway.cqrs.rebuild import Rebuild
from slipway.cqrs.views import Outdated, RebuildableViews, Selection, Views
from slipway.messages.events import Event
from slipway.saga import transitions
from slipway.saga.errors import Rejected
from slipway.saga.memory import MemoryStore
from slipway.saga.state import Cancel

CAFE = "wf_cafecafecafecafecafecafe"


def instantly(_seconds: float) -> None:
    return


def work(store: MemoryStore, tables: ReadTables[RebuildableViews], **more: Any) -> Rebuild:
    given = {"pause": instantly, "account_tables": beside(tables), **more}
    return Rebuild(store, MemoryAccounts(), AFewAtATime(store), tables, **given)


def to_the_end() -> bool:
    return True


def one_step() -> bool:
    return False


def two_workflows() -> MemoryStore:
    store = MemoryStore()
    for workflow_id in (SHOP, CAFE):
        requested(store, workflow_id)
    run(store, SHOP)
    return store


def all_events(store: MemoryStore) -> list[Event]:
    return [event for events in store._events.values() for event in events]


def test_a_wrecked_table_is_replaced_by_the_fold_of_the_events() -> None:
    store, tables = two_workflows(), read_tables(clock_s=iter(range(0, 1000, 5)).__next__)
    deliver(all_events(store), store, tables.written(), tries=1)
    wrecked: Any = tables.active()
    wrecked._views[SHOP] = wrecked._views[SHOP].model_copy(update={"status": "PARKED"})
    del wrecked._views[CAFE]
    wrecked._items[SHOP].clear()
    wrecked._views["wf_strangestrange"] = wrecked._views[SHOP]

    ended = work(store, tables).go_on(to_the_end)

    assert (ended.phase, ended.active, ended.workflows) == (Phase.SERVING, Colour.GREEN, 2)
    assert tables.active() is not wrecked
    for workflow_id in (SHOP, CAFE):
        assert shown(tables.active(), workflow_id) == replayed(store, workflow_id)
    assert len(tables.active().select(Selection(owner="anna")).views) == 2
    assert figures(tables.active()) == counted_anew(store)


def test_what_an_earlier_generation_left_in_the_other_table_is_gone() -> None:
    store, tables = two_workflows(), read_tables()
    other: Any = tables.of(Colour.GREEN)
    refilled = replayed(store, SHOP)[0]
    assert refilled is not None
    other._views["wf_strangestrange"] = refilled
    other._views[SHOP] = refilled.model_copy(update={"version": 999})

    work(store, tables).go_on(to_the_end)

    assert other.get("wf_strangestrange") is None
    assert shown(other, SHOP) == replayed(store, SHOP)


def test_a_rebuild_that_was_interrupted_goes_on_where_it_was() -> None:
    store, tables = two_workflows(), read_tables()
    phases = [work(store, tables).go_on(one_step)]
    while phases[-1].phase is not Phase.SERVING:
        phases.append(work(store, tables).go_on(one_step))

    assert [each.phase for each in phases] == ["filling", "filling", "switched", "serving"]
    assert [each.workflows for each in phases] == [0, 1, 2, 2]
    assert shown(tables.of(Colour.GREEN), SHOP) == replayed(store, SHOP)


def test_while_one_works_nobody_else_may_and_when_it_died_another_goes_on() -> None:
    store, tables = two_workflows(), read_tables()
    now = NOON

    def dies() -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work(store, tables, now=lambda: now).go_on(dies)
    with pytest.raises(Outdated):
        work(store, tables, now=lambda: now).go_on(to_the_end)
    now += timedelta(minutes=2)

    assert work(store, tables, now=lambda: now).go_on(to_the_end).phase is Phase.SERVING


def test_readers_notice_the_switch_within_two_seconds_and_until_then_both_are_written() -> None:
    now_s = 0.0
    store, tables = two_workflows(), read_tables(clock_s=lambda: now_s)
    blue = tables.active()
    while tables.pointer.read().phase is not Phase.SWITCHED:
        work(store, tables).go_on(one_step)

    assert tables.active() is blue
    assert list(tables.written()) == [tables.of(Colour.GREEN), blue]
    now_s += NOTICED_WITHIN_S
    assert tables.active() is tables.of(Colour.GREEN)


def test_the_old_table_is_kept_up_to_date_until_every_reader_has_noticed() -> None:
    waits: list[float] = []
    store, tables = two_workflows(), read_tables()

    work(store, tables, pause=waits.append).go_on(to_the_end)

    assert waits == [2 * NOTICED_WITHIN_S]
    assert list(tables.written()) == [tables.of(Colour.GREEN)]


def test_events_that_cannot_be_folded_end_the_rebuild_before_anything_is_switched() -> None:
    store, tables = two_workflows(), read_tables()
    del store._events[SHOP][0]

    with pytest.raises(Rejected, match=f"events_unreadable: the events of {SHOP}") as refused:
        work(store, tables).go_on(to_the_end)

    assert refused.value.fix == "deploy a version that reads them, then continue the rebuild"
    assert tables.pointer.read().active is Colour.BLUE


MOVES = st.lists(st.sampled_from(["write", "begin", "end", "rebuild"]), max_size=40)


@settings(max_examples=300, deadline=None)
@given(MOVES)
def test_events_that_come_at_any_moment_of_a_rebuild_are_right_after_the_switch(
    moves: list[str],
) -> None:
    """A batch asks once which tables to write, and writes them later: anything may lie between."""
    store, tables = two_workflows(), read_tables()
    waiting = all_events(store)
    under_way: list[tuple[Sequence[Views], list[Event]]] = []

    def ends() -> None:
        written, events = under_way.pop(0)
        deliver(events, store, written, tries=2)

    for number, move in enumerate(moves):
        if move == "write":
            waiting.append(written_by_somebody(store, number))
        elif move == "begin" and waiting:
            under_way.append((tables.written(), waiting))
            waiting = []
        elif move == "end" and under_way:
            ends()
        elif move == "rebuild" and tables.pointer.read().active is Colour.BLUE:
            work(store, tables).go_on(one_step)
    work(store, tables).go_on(to_the_end)
    while under_way:
        ends()
    deliver(waiting, store, tables.written(), tries=2)

    live = tables.of(tables.pointer.read().active)
    for workflow_id in store._events:
        assert shown(live, workflow_id) == replayed(store, workflow_id)
    assert figures(live) == counted_anew(store)


def written_by_somebody(store: MemoryStore, number: int) -> Event:
    """A new workflow, or one more event of the café."""
    if number % 2:
        workflow_id = f"wf_newnewnew{number:04d}"
        requested(store, workflow_id)
        return store.events(workflow_id)[0]
    saga = store.load(CAFE)
    asked = Cancel(reason=f"number {number}", requested_at=NOON, requested_by="anna")
    store.commit(transitions.cancel_requested(saga, asked, None))
    return store.events(CAFE)[-1]
