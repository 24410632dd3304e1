"""Figures are those of the events, whatever is cut off or overtaken between a view and them."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError
from tests.integration.access.calls import recorded
from tests.integration.slipway.cqrs.aws import aws, make_table
from tests.unit.slipway.cqrs.read_side import counted_anew, figures
from tests.unit.slipway.cqrs.stories import NOON, SHOP, requested, run

from slipway.adapters.dynamodb_rebuild import RebuildableDynamoDbViews
from slipway.cqrs.projection import bring_up_to_date
from slipway.cqrs.rebuild import refill
from slipway.cqrs.views import HistorySelection, Outdated
from slipway.saga.errors import Unavailable
from slipway.saga.memory import MemoryStore
from slipway.saga.transitions import swept

WRITES = {"put_item", "batch_write_item", "transact_write_items"}


class Line:
    """A client whose `at`-th write is met by a trouble: before it, or with its answer."""

    def __init__(self, client: Any, at: int, before: Callable[[], None], *, lost: bool) -> None:
        self._client, self._at, self._before, self._lost = client, at, before, lost
        self.writes = 0

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)
        return self._watched(call) if name in WRITES else call

    def _watched(self, call: Any) -> Any:
        def called(**given: Any) -> Any:
            self.writes += 1
            if self.writes != self._at:
                return call(**given)
            self._before()
            answer = call(**given)
            if self._lost:
                raise ConnectionClosedError(endpoint_url="the table")
            return answer

        return called


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    with aws(monkeypatch):
        yield make_table("ReadTable", "read")


def story(owner: str, *, failing: str | None = None) -> MemoryStore:
    store = MemoryStore()
    requested(store, SHOP, owner)
    run(store, SHOP, failing=failing)
    return store


def views(client: Any) -> RebuildableDynamoDbViews:
    return RebuildableDynamoDbViews(client, "read")


def project(store: MemoryStore, kept: RebuildableDynamoDbViews) -> None:
    """In batches, each until it is taken, and each of them twice."""
    events = store.events(SHOP)
    for start in range(0, len(events), 5):
        batch = events[start : start + 5]
        while not taken(partial(bring_up_to_date, SHOP, batch, store, kept)):
            pass
        bring_up_to_date(SHOP, batch, store, kept)


def taken(work: Callable[[], object]) -> bool:
    try:
        work()
    except (Outdated, Unavailable):
        return False
    return True


def wipe(client: Any) -> None:
    while views(client).clear():
        pass


def nothing() -> None:
    return


def test_an_answer_that_is_lost_at_any_write_counts_nothing_twice(table: Any) -> None:
    store = story("anna", failing="push_image")
    at, writes = 1, 1
    while at <= writes:
        line = Line(table, at, nothing, lost=True)
        project(store, views(line))
        assert figures(views(table)) == counted_anew(store), at
        wipe(table)
        at, writes = at + 1, line.writes
    assert at > 2 * len(store.events(SHOP)) // 5


@pytest.mark.parametrize("behind", [False, True])
def test_a_refill_between_any_read_and_write_of_the_projection_counts_once(
    table: Any, *, behind: bool
) -> None:
    """And the projection between those of a refill."""
    store, at, writes = story("anna"), 1, 1
    while at <= writes:
        if behind:
            line = Line(table, at, lambda: project(store, views(table)), lost=False)
            taken(lambda: refill(SHOP, store, views(line)))  # noqa: B023  (called at once)
        else:
            line = Line(table, at, lambda: refill(SHOP, store, views(table)), lost=False)
            project(store, views(line))
        assert figures(views(table)) == counted_anew(store), at
        wipe(table)
        at, writes = at + 1, line.writes


def test_two_repairs_of_a_wrong_view_at_once_count_it_once(table: Any) -> None:
    store, at, writes = story("anna"), 1, 1
    while at <= writes:
        wrong(store, views(table))
        assert figures(views(table)) != counted_anew(store)

        line = Line(table, at, lambda: refill(SHOP, store, views(table)), lost=False)
        refill(SHOP, store, views(line))

        assert figures(views(table)) == counted_anew(store), at
        at, writes = at + 1, line.writes


def wrong(store: MemoryStore, kept: RebuildableDynamoDbViews) -> None:
    refill(SHOP, store, kept)
    right = kept.get(SHOP)
    assert right is not None
    kept.replace(right.model_copy(update={"status": "PARKED"}), [])


def test_views_from_before_there_were_figures_are_counted_by_a_refill(table: Any) -> None:
    store = story("anna")
    project(store, views(table))
    for item in table.scan(TableName="read")["Items"]:
        key = {name: item[name] for name in ("pk", "sk")}
        if item["pk"]["S"].startswith("figures#"):
            table.delete_item(TableName="read", Key=key)
        elif "counted" in item:
            table.update_item(TableName="read", Key=key, UpdateExpression="REMOVE counted")
    assert figures(views(table)) == {}

    refill(SHOP, store, views(table))

    assert figures(views(table)) == counted_anew(store)


def test_who_meets_others_at_the_figures_tries_again_and_then_says_so(table: Any) -> None:
    class Busy(Line):
        def transact_write_items(self, **_given: Any) -> None:
            self.writes += 1
            reasons = [{"Code": "None"}, {"Code": "TransactionConflict"}]
            raise table.exceptions.TransactionCanceledException(
                {"Error": {}, "CancellationReasons": reasons}, "TransactWriteItems"
            )

    busy = Busy(table, 0, nothing, lost=False)

    assert not taken(lambda: refill(SHOP, story("anna"), views(busy)))
    assert busy.writes > 1
    assert views(table).get(SHOP) is None


def test_a_look_at_a_moment_costs_what_happened_in_it_however_long_the_history(
    table: Any,
) -> None:
    store = story("anna")
    for number in range(60):
        resource = {"kind": "image", "name": f"shop:{number}"}
        store.commit(swept(store.load(SHOP), [resource], NOON))
    refill(SHOP, store, views(table))
    events = store.events(SHOP)
    since, until = events[3].time, events[6].time
    within = [e.sequence for e in events if since <= e.time < until]

    with recorded() as calls:
        found = views(table).history(
            HistorySelection(owner="anna", workflow_id=SHOP, since=since, until=until)
        )

    assert [item.sequence for item in found.items] == within
    assert [(call.operation, call.items) for call in calls] == [("Query", len(within))]


def test_a_view_that_comes_while_the_table_is_cleared_leaves_with_its_figures_or_not_at_all(
    table: Any,
) -> None:
    store, late = story("anna"), MemoryStore()
    project(store, views(table))
    requested(late, "wf_latelatelate")

    def project_late() -> None:
        bring_up_to_date("wf_latelatelate", late.events("wf_latelatelate"), late, views(table))

    line = Line(table, 1, project_late, lost=False)
    while views(line).clear():
        pass

    assert figures(views(table)) == {}
    assert views(table).get("wf_latelatelate") is None
