"""Anna counts what became of her workflows."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from tests.unit.slipway.cqrs.stories import NOON, ask, operator, requested, run

from queries.statistics import handler
from slipway import wiring
from slipway.cqrs.memory_views import MemoryViews
from slipway.cqrs.projection import bring_up_to_date
from slipway.saga import operations, transitions
from slipway.saga.memory import MemoryStore
from slipway.saga.state import Receipt, Rollback
from slipway.saga.update import update
from slipway.settings import Settings

STORE = MemoryStore()
GOOD, BAD, YESTERDAYS, OLD, NEW, BORISS = (
    f"wf_{name * 2}" for name in ("good", "bads", "yesterdays", "oldest", "newest", "boriss")
)
for name, days_ago in ((GOOD, 0), (BAD, 0), (YESTERDAYS, 1), (OLD, 30), (NEW, 0)):
    requested(STORE, name, at=NOON - timedelta(days=days_ago))
requested(STORE, BORISS, owner="boris")
for name in (GOOD, YESTERDAYS, OLD):
    run(STORE, name)
run(STORE, BAD, failing="push_image")


@pytest.fixture(autouse=True)
def system() -> Iterator[None]:
    views = MemoryViews()
    for workflow_id in (GOOD, BAD, YESTERDAYS, OLD, NEW, BORISS):
        bring_up_to_date(workflow_id, STORE.events(workflow_id), STORE, views)
    with wiring.use(settings=Settings(), views=views, clock=lambda: NOON):
        yield


def statistics(**query: str) -> Any:
    return ask(handler, query=query).json


def test_it_tells_how_all_workflows_stand_now() -> None:
    now = {status: number for status, number in statistics()["now"].items() if number}

    assert now == {"COMPLETED": 3, "COMPENSATED": 1, "REQUESTED": 1}


def test_without_a_time_it_is_the_last_seven_days_today_included() -> None:
    told = statistics()

    assert (told["since"], told["until"]) == ("2030-02-23", "2030-03-02")
    assert [day["day"] for day in told["days"]][-2:] == ["2030-02-28", "2030-03-01"]
    assert len(told["days"]) == 7


def test_each_day_has_what_happened_on_it_and_the_total_is_their_sum() -> None:
    told = statistics()

    *_, yesterday, today = told["days"]
    assert (today["requested"], today["completed"], today["compensated"]) == (3, 1, 1)
    assert (yesterday["requested"], yesterday["completed"], yesterday["compensated"]) == (1, 1, 0)
    assert (told["total"]["requested"], told["total"]["completed"]) == (4, 2)


def test_the_rate_is_of_those_that_ended_and_the_mean_of_those_that_completed() -> None:
    told = statistics()
    took = [STORE.events(name)[-1].time - STORE.events(name)[0].time for name in (GOOD, YESTERDAYS)]

    assert (told["days"][-1]["success_rate"], told["total"]["success_rate"]) == (0.5, 0.6667)
    assert told["total"]["mean_duration_ms"] == sum(took, timedelta()) // timedelta(milliseconds=2)
    assert (told["days"][0]["success_rate"], told["days"][0]["mean_duration_ms"]) == (None, None)


@pytest.mark.parametrize("clean", [True, False])
def test_what_was_taken_back_is_no_failure_also_when_something_was_left(*, clean: bool) -> None:
    store, views = MemoryStore(), MemoryViews()
    requested(store, GOOD)
    run(store, GOOD)
    asked = Rollback(reason="not wanted", requested_at=NOON, requested_by="anna")
    update(store, GOOD, lambda saga: operations.rollback_requested(saga, asked, None))
    receipt = Receipt(clean=clean, checked_at=NOON)
    update(store, GOOD, lambda saga: transitions.settled(saga, receipt, NOON))
    bring_up_to_date(GOOD, store.events(GOOD), store, views)

    with wiring.use(views=views):
        total = statistics()["total"]

    assert (total["completed"], total["success_rate"]) == (1, 1)
    assert (total["rolled_back"], total["compensated_with_leftovers"]) == (clean, not clean)


def test_a_day_of_last_month_is_asked_for_by_its_name() -> None:
    told = statistics(since="2030-01-30", until="2030-01-31")

    assert [(day["day"], day["completed"]) for day in told["days"]] == [("2030-01-30", 1)]


def test_everybody_has_figures_of_their_own_and_an_operator_sees_them() -> None:
    assert ask(handler, owner="boris").json["total"]["requested"] == 1
    assert ask(handler, owner="clara").json["total"]["requested"] == 0
    assert ask(handler, query={"owner": "boris"}).status == 403
    olga: dict[str, Any] = operator("olga")
    olga["requestContext"]["http"]["method"] = "GET"
    by_olga = ask(handler, query={"owner": "boris"}, **olga).json
    assert (by_olga["owner"], by_olga["now"]["REQUESTED"]) == ("boris", 1)


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "2030-03-01", "until": "2030-03-01"},
        {"since": "2030-03-02"},
        {"since": "2029-01-01"},
        {"since": "yesterday"},
        {"until": "0001-01-01"},
        {"since": "2030-03-01T00:00:00Z"},
        {"since": "1896134400"},
    ],
)
def test_a_time_without_days_or_with_too_many_is_refused(asked: dict[str, str]) -> None:
    refused = ask(handler, query=asked)

    assert (refused.status, refused.json["code"]) == (400, "invalid_request")
    assert refused.json["field"] in asked
