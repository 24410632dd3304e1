"""What follows from a write: the view, the bus, the execution; also when some of it fails."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from tests.unit.slipway.cqrs.stories import NOON, SHOP, batch, requested, run

from slipway.cqrs.dead_letters import Subject
from slipway.cqrs.memory_account_views import MemoryAccountViews
from slipway.cqrs.memory_views import MemoryViews
from slipway.cqrs.metrics import NOTHING_MORE, Measured
from slipway.cqrs.projection import lag_ms
from slipway.messages.events import Event
from slipway.messages.timelines import HistoryItem
from slipway.messages.views import WorkflowView
from slipway.saga import operations, transitions
from slipway.saga.errors import Unavailable
from slipway.saga.memory import MemoryStore
from slipway.saga.state import Decision, Resolution
from steps import PLAN
from streams.project import project as project_into
from streams.relay import relay

CAFE = "wf_cafecafecafe"


class Bus:
    """Refuses the events of these numbers."""

    def __init__(self, refuses: Sequence[int] = ()) -> None:
        self.taken: list[str] = []
        self._refuses = refuses

    def publish(self, events: Sequence[Event]) -> Sequence[Event]:
        self.taken += [e.id for e in events if e.sequence not in self._refuses]
        return [e for e in events if e.sequence in self._refuses]


class Machine:
    def __init__(self, *, down_for: str | None = None) -> None:
        self.started: list[str] = []
        self.answered: list[tuple[str, str]] = []
        self._down_for = down_for

    def start(self, workflow_id: str) -> None:
        if workflow_id == self._down_for:
            raise Unavailable("aws_busy", "cannot start the state machine")
        self.started.append(workflow_id)

    def is_running(self, execution: str) -> bool:
        return execution in self.started

    def answer(self, task_token: str, decision: str) -> None:
        self.answered.append((task_token, decision))

    def undo(self, workflow_id: str, execution: str) -> None:
        self.started.append(f"{execution} undoes {workflow_id}")


class Broken(MemoryViews):
    """Takes nothing about the shop."""

    def save(self, view: WorkflowView, items: Sequence[HistoryItem], replaces: int) -> None:
        if view.workflow_id == SHOP:
            raise Unavailable("read_table_busy", "later")
        super().save(view, items, replaces)


class Gauge:
    """What was measured, by name."""

    def __init__(self) -> None:
        self.shown: dict[str, float] = {}

    def __call__(self, *measured: Measured, of: Mapping[str, str] = NOTHING_MORE) -> None:
        assert not of
        self.shown |= {f"{each.name} in {each.unit}": each.value for each in measured}


def project(told: Mapping[str, Any], store: MemoryStore, *tables: MemoryViews) -> dict[str, Any]:
    return project_into(told, store, tables, [MemoryAccountViews()], Gauge())


def two_workflows() -> tuple[MemoryStore, list[Event]]:
    store = MemoryStore()
    requested(store)
    requested(store, CAFE)
    run(store)
    events = [*store.events(SHOP)[:2], *store.events(CAFE), *store.events(SHOP)[2:4]]
    return store, events


def test_a_batch_brings_every_workflow_of_it_up_to_date() -> None:
    store, events = two_workflows()
    views = MemoryViews()

    answer = project(batch(events), store, views)

    assert answer == {"batchItemFailures": []}
    shop, cafe = views.get(SHOP), views.get(CAFE)
    assert shop is not None
    assert cafe is not None
    assert (shop.version, cafe.version) == (4, 1)


def test_a_batch_that_comes_again_changes_nothing() -> None:
    store, events = two_workflows()
    views = MemoryViews()
    project(batch(events), store, views)
    before = views.get(SHOP)

    assert project(batch(events[:2]), store, views) == {"batchItemFailures": []}
    assert views.get(SHOP) == before


def test_a_lost_batch_is_made_up_for_from_the_write_table() -> None:
    store, _ = two_workflows()
    views = MemoryViews()

    project(batch(store.events(SHOP)[7:8]), store, views)

    view = views.get(SHOP)
    assert view is not None
    assert view.version == len(store.events(SHOP))


def test_the_workflow_that_fails_is_sent_again_and_the_other_one_is_not() -> None:
    store, events = two_workflows()
    views = Broken()

    answer = project(batch(events), store, views)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "100"}]}
    assert views.get(CAFE) is not None


def test_other_items_of_the_table_and_removals_are_not_for_the_streams() -> None:
    store, events = two_workflows()
    other, removed = batch(events[:2])["Records"]
    other["dynamodb"]["NewImage"]["sk"] = {"S": "WORKFLOW"}
    removed["eventName"] = "REMOVE"
    bus, machine = Bus(), Machine()

    assert project({"Records": [other, removed]}, store, MemoryViews()) == {"batchItemFailures": []}
    assert relay({"Records": [other, removed]}, bus, machine, store) == {"batchItemFailures": []}
    assert (bus.taken, machine.started) == ([], [])


def test_a_record_that_cannot_be_read_stops_its_own_workflow_only() -> None:
    store, events = two_workflows()
    told = batch(events)
    told["Records"][0]["dynamodb"]["NewImage"]["sequence"] = {"S": "one"}

    answer = project(told, store, MemoryViews())

    assert answer == {"batchItemFailures": [{"itemIdentifier": "100"}]}


class DeadLetters:
    """The failure queue."""

    def __init__(self, *, away: bool = False) -> None:
        self.waiting: list[tuple[Subject, str]] = []
        self._away = away

    def __call__(self, subject: Subject, error: Exception) -> None:
        if self._away:
            raise Unavailable("aws_busy", "cannot set a workflow aside")
        self.waiting.append((subject, type(error).__name__))


def poisoned(events: Sequence[Event]) -> dict[str, Any]:
    """The first event has become unreadable."""
    told = batch(events)
    told["Records"][0]["dynamodb"]["NewImage"]["sequence"] = {"S": "one"}
    return told


def test_a_workflow_that_no_retry_can_help_is_set_aside_and_holds_up_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store, events = two_workflows()
    views, aside = MemoryViews(), DeadLetters()

    answer = project_into(poisoned(events), store, [views], [], Gauge(), aside)

    assert answer == {"batchItemFailures": []}
    assert aside.waiting == [(Subject("workflow", SHOP), "ValidationError")]
    assert views.get(CAFE) is not None
    assert "workflow_set_aside" in [record.message for record in caplog.records]


def test_a_workflow_that_cannot_even_be_set_aside_stays_in_the_stream() -> None:
    store, events = two_workflows()

    answer = project_into(
        poisoned(events), store, [MemoryViews()], [], Gauge(), DeadLetters(away=True)
    )

    assert answer == {"batchItemFailures": [{"itemIdentifier": "100"}]}


def test_what_may_work_later_is_never_set_aside() -> None:
    store, events = two_workflows()
    aside, machine = DeadLetters(), Machine(down_for=SHOP)

    told = project_into(batch(events), store, [Broken()], [], Gauge(), aside)
    relayed = relay(batch(events), Bus(), machine, store, aside)

    assert told == relayed == {"batchItemFailures": [{"itemIdentifier": "100"}]}
    assert aside.waiting == []


def test_while_a_second_table_is_filled_it_hears_of_everything_too() -> None:
    store, events = two_workflows()
    live, filling = MemoryViews(), MemoryViews()

    project(batch(events), store, live, filling)

    assert filling.get(CAFE) == live.get(CAFE)
    assert filling.timeline(SHOP) == live.timeline(SHOP) != []


def test_the_lag_is_the_oldest_events_until_it_can_be_seen() -> None:
    store, events = two_workflows()
    gauge = Gauge()

    project_into(batch(events), store, [MemoryViews()], [], gauge)

    assert list(gauge.shown) == ["ProjectionLagMs in Milliseconds"]
    a_minute_later = max(event.time for event in events) + timedelta(minutes=1)
    oldest = min(event.time for event in events)
    lag = lag_ms(events, lambda: a_minute_later)
    assert lag == (a_minute_later - oldest) // timedelta(milliseconds=1)


def test_every_event_reaches_the_bus_and_each_request_starts_one_execution() -> None:
    store, events = two_workflows()
    bus, machine = Bus(), Machine()

    answer = relay(batch(events), bus, machine, store)

    assert answer == {"batchItemFailures": []}
    assert sorted(bus.taken) == sorted(event.id for event in events)
    assert machine.started == [SHOP, CAFE]


def test_whoever_asked_for_an_undo_gets_an_execution_that_only_undoes() -> None:
    store = MemoryStore()
    requested(store)
    store.commit(transitions.undo_requested(store.load(SHOP), "stopped by hand", NOON))
    machine = Machine()

    relay(batch(store.events(SHOP)), Bus(), machine, store)

    assert machine.started == [SHOP, f"{SHOP}-undo-2 undoes {SHOP}"]


def test_the_first_event_that_the_bus_refuses_is_where_its_workflow_goes_on() -> None:
    store = MemoryStore()
    requested(store)
    run(store)

    answer = relay(batch(store.events(SHOP)[:6]), Bus(refuses=[3, 5]), Machine(), store)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "102"}]}


def test_an_execution_that_cannot_be_started_keeps_its_request_in_the_stream() -> None:
    store, events = two_workflows()
    bus = Bus()

    answer = relay(batch(events), bus, Machine(down_for=SHOP), store)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "100"}]}
    assert bus.taken == [f"{CAFE}-000001"]


def parked(store: MemoryStore, token: str) -> None:
    saga = store.load(SHOP)
    push = saga.step("push_image", PLAN.number("push_image"))
    store.commit(transitions.parked(saga, push, token, NOON))


def resolved(store: MemoryStore, decision: Decision) -> Event:
    saga = store.load(SHOP)
    said = Resolution(decision=decision, decided_at=NOON, decided_by="anna")
    store.commit(operations.resolved(saga, saga.steps["push_image"], said, None))
    return store.events(SHOP)[-1]


def test_a_decision_reaches_the_state_that_waits_for_it_and_the_token_no_event() -> None:
    store, machine = MemoryStore(), Machine()
    requested(store)
    parked(store, "t0ken")

    event = resolved(store, Decision.SKIP)
    relay(batch([event]), Bus(), machine, store)
    relay(batch([event]), Bus(), machine, store)

    assert machine.answered == [("t0ken", "skip")] * 2
    assert "t0ken" not in event.model_dump_json()


def test_an_old_decision_that_comes_again_is_no_answer_to_a_new_question() -> None:
    store, machine = MemoryStore(), Machine()
    requested(store)
    parked(store, "first")
    event = resolved(store, Decision.RETRY)
    parked(store, "second")

    relay(batch([event]), Bus(), machine, store)

    assert machine.answered == []
