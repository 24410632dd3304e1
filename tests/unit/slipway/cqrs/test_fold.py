"""The view of a workflow is the fold of its events."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.slipway.cqrs.stories import SHOP, requested, run

from slipway.cqrs.fold import Gap, fold
from slipway.cqrs.memory_views import MemoryViews
from slipway.cqrs.projection import bring_up_to_date
from slipway.messages.events import Event
from slipway.messages.views import WorkflowView
from slipway.saga.memory import MemoryStore
from steps import PLAN

STEPS = [step.name for step in PLAN]


def story(failing: str | None = None) -> Sequence[Event]:
    store = MemoryStore()
    requested(store)
    run(store, failing=failing)
    return store.events(SHOP)


def folded(events: Sequence[Event]) -> WorkflowView:
    view: WorkflowView | None = None
    for event in events:
        view = fold(view, event)
    assert view is not None
    return view


def test_a_workflow_just_requested_lists_every_step_that_is_to_come() -> None:
    store = MemoryStore()
    requested(store)

    view = folded(store.events(SHOP))

    assert (view.status, view.version) == ("REQUESTED", 1)
    assert [(s.name, s.status, s.attempts) for s in view.steps] == [
        (name, "PENDING", 0) for name in STEPS
    ]
    assert (view.image, view.service, view.receipt) == (None, None, None)


def test_a_completed_workflow_shows_its_image_its_service_and_how_long_each_step_took() -> None:
    view = folded(story())

    assert view.status == "COMPLETED"
    assert view.image is not None
    assert view.image.digest == "sha256:abc"
    assert view.service is not None
    assert (view.service.namespace, view.service.port) == ("shop", 8080)
    assert {s.status for s in view.steps} == {"DONE"}
    assert {s.duration_ms for s in view.steps} == {1000}


def test_a_rolled_back_workflow_names_the_cause_and_shows_each_undo() -> None:
    view = folded(story(failing="deploy_application"))

    assert view.status == "COMPENSATED"
    assert view.error is not None
    assert (view.error.step, view.error.fix) == ("deploy_application", "mend it")
    assert view.receipt is not None
    assert view.receipt.clean
    assert view.image is not None
    assert view.image.digest == "sha256:abc"
    by_name = {s.name: s for s in view.steps}
    assert by_name["verify_deployment"].status == "PENDING"
    assert by_name["scan_image"].status == "KEPT"
    undo = by_name["build_image"].undo
    assert undo is not None
    assert (undo.status, undo.attempts) == ("UNDONE", 1)


def test_the_view_has_exactly_the_documented_fields() -> None:
    told = folded(story()).model_dump(mode="json")

    assert list(told) == [
        "workflow_id",
        "status",
        "version",
        "definition_version",
        "rehearsal",
        "world",
        "owner",
        "request",
        "defaults",
        "image",
        "service",
        "steps",
        "error",
        "cancel",
        "rollback",
        "waits_for",
        "receipt",
        "created_at",
        "updated_at",
    ]
    assert told["created_at"] == "2030-03-01T12:00:00Z"


def test_an_event_that_comes_twice_changes_nothing() -> None:
    events = story()
    view = folded(events)

    assert fold(view, events[3]) == view


def test_an_event_that_comes_too_early_is_a_gap() -> None:
    events = story()
    view = folded(events[:2])

    with pytest.raises(Gap):
        fold(view, events[3])


EVENTS = story(failing="push_image")


@given(st.lists(st.integers(0, len(EVENTS) - 1), max_size=40))
def test_whatever_the_stream_repeats_or_loses_the_views_are_those_of_a_replay(
    order: list[int],
) -> None:
    store = MemoryStore()
    requested(store)
    run(store, failing="push_image")
    views, replayed = MemoryViews(), MemoryViews()

    for number in [*order, len(EVENTS) - 1]:
        bring_up_to_date(SHOP, [EVENTS[number]], store, views)
    bring_up_to_date(SHOP, EVENTS, store, replayed)

    assert views.get(SHOP) == replayed.get(SHOP) == folded(EVENTS)
    assert views.timeline(SHOP) == replayed.timeline(SHOP)
    assert [item.sequence for item in views.timeline(SHOP)] == list(range(1, len(EVENTS) + 1))
