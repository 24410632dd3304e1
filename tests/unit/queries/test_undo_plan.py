"""Before she asks for it, Anna looks at what a cancel or a rollback would do."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.unit.slipway.cqrs.stories import NOON, SHOP, Reply, ask, requested, run

from queries.get_undo_plan import handler
from slipway import wiring
from slipway.cqrs.memory_views import MemoryViews
from slipway.cqrs.projection import bring_up_to_date
from slipway.saga import Outcome, StepStatus, operations, transitions
from slipway.saga.environment import Environment
from slipway.saga.memory import MemoryStore
from slipway.saga.recording import change
from slipway.saga.state import Cancel, Decision, Resolution, Rollback, Status
from slipway.saga.update import update
from steps import PLAN

NEWER = "wf_newernewernewer"


@pytest.fixture
def store() -> MemoryStore:
    store = MemoryStore()
    requested(store)
    return store


@pytest.fixture
def views() -> MemoryViews:
    return MemoryViews()


@pytest.fixture(autouse=True)
def _wired(views: MemoryViews) -> Iterator[None]:
    with wiring.use(views=views):
        yield


def asked(store: MemoryStore, views: MemoryViews, owner: str = "anna") -> Reply:
    for workflow in (SHOP, NEWER):
        if events := store.events(workflow):
            bring_up_to_date(workflow, events, store, views)
    return ask(handler, path={"id": SHOP}, owner=owner)


def begin(store: MemoryStore, step: str) -> None:
    update(
        store,
        SHOP,
        lambda saga: transitions.intended(saga, saga.step(step, PLAN.number(step)), {}, NOON),
    )


def finish(store: MemoryStore, step: str, outcome: Outcome) -> None:
    begin(store, step)
    update(store, SHOP, lambda saga: transitions.done(saga, saga.steps[step], outcome, NOON))


def test_a_cancel_would_undo_what_was_begun_the_newest_first(
    store: MemoryStore, views: MemoryViews
) -> None:
    finish(store, "build_image", Outcome(created=("image:1",)))
    finish(store, "scan_image", Outcome(created=("report:1",)))
    finish(store, "push_image", Outcome(created=("manifest:1",), adopted=("tag:stable",)))
    begin(store, "deploy_application")

    plan = asked(store, views).json

    assert (plan["command"], plan["possible"], plan["reason"]) == ("cancel", True, None)
    assert [step["name"] for step in plan["steps"]] == [s.name for s in reversed(PLAN.steps)]
    would = {step["name"]: step for step in plan["steps"]}
    assert would["verify_deployment"]["action"] == "nothing"
    assert would["verify_deployment"]["reason"] == "it was not started"
    assert would["deploy_application"]["action"] == "undo"
    assert would["deploy_application"]["reason"].startswith("it is running")
    push = would["push_image"]
    assert (push["removes"], push["restores"]) == (["manifest:1"], ["tag:stable"])
    scan = would["scan_image"]
    assert (scan["action"], scan["irreversible"], scan["keeps"]) == ("keep", True, ["report:1"])


def test_a_cancel_that_was_asked_for_is_not_asked_for_again(
    store: MemoryStore, views: MemoryViews
) -> None:
    said = Cancel(reason="no", requested_at=NOON, requested_by="anna")
    update(store, SHOP, lambda saga: transitions.cancel_requested(saga, said, None))

    plan = asked(store, views).json

    assert plan["command"] is None
    assert plan["reason"] == "its cancellation was already requested"


def test_a_completed_workflow_can_be_rolled_back(store: MemoryStore, views: MemoryViews) -> None:
    run(store)

    plan = asked(store, views).json

    assert (plan["command"], plan["possible"]) == ("rollback", True)
    assert plan["steps"][0]["removes"] == [f"thing:{PLAN.steps[-1].name}"]


def test_a_newer_workflow_on_the_same_target_is_named(
    store: MemoryStore, views: MemoryViews
) -> None:
    run(store)
    requested(store, NEWER, at=NOON + timedelta(hours=1))

    at_work = asked(store, views).json
    run(store, NEWER)
    done = asked(store, views).json

    assert not at_work["possible"]
    assert at_work["reason"] == f"{NEWER} is running on the same target"
    assert not done["possible"]
    assert done["reason"] == f"{NEWER} has deployed to the same target"


def test_a_newer_workflow_is_named_however_many_others_came_after_it(
    store: MemoryStore, views: MemoryViews
) -> None:
    run(store)
    requested(store, NEWER, at=NOON + timedelta(hours=1))
    asked(store, views)
    newer = views.get(NEWER)
    assert newer is not None
    for number in range(600):
        elsewhere = {
            "workflow_id": f"wf_elsewhere{number}",
            "request": {**newer.request, "app": {"name": f"cafe{number}"}},
            "created_at": NOON + timedelta(hours=2, seconds=number),
        }
        views.save(newer.model_copy(update=elsewhere), [], replaces=0)

    assert asked(store, views).json["reason"] == f"{NEWER} is running on the same target"


def test_once_the_newer_one_is_rolled_back_it_is_in_nobodys_way(
    store: MemoryStore, views: MemoryViews
) -> None:
    run(store)
    requested(store, NEWER, at=NOON + timedelta(hours=1))
    run(store, NEWER)
    assert not asked(store, views).json["possible"]

    said = Rollback(reason="no good", requested_at=NOON, requested_by="anna")
    update(store, NEWER, lambda saga: operations.rollback_requested(saga, said, None))
    while_undone = asked(store, views).json
    update(
        store,
        NEWER,
        lambda saga: change(saga, NOON, ["workflow.compensated"], status=Status.COMPENSATED),
    )

    assert while_undone["reason"] == f"{NEWER} is running on the same target"
    assert asked(store, views).json["possible"]


def test_a_rollback_in_another_world_is_said_to_be_impossible(views: MemoryViews) -> None:
    elsewhere, store = {"cluster": "https://blue.example"}, MemoryStore()
    requested(store, world=elsewhere)
    run(store)
    requested(store, NEWER, world={"cluster": "https://green.example"})

    with wiring.use(views=views, here=Environment({"cluster": "https://green.example"})):
        there = asked(store, views).json
    with wiring.use(views=views, here=Environment(elsewhere)):
        here = asked(store, views).json

    assert (there["command"], there["possible"]) == ("rollback", False)
    assert "https://blue.example" in there["reason"]
    assert (here["command"], here["possible"]) == ("rollback", True)


def test_a_newer_workflow_that_failed_is_in_nobodys_way(
    store: MemoryStore, views: MemoryViews
) -> None:
    run(store)
    requested(store, NEWER, at=NOON + timedelta(hours=1))
    run(store, NEWER, failing="build_image")

    assert asked(store, views).json["possible"]


def test_what_was_undone_has_nothing_left_to_undo(store: MemoryStore, views: MemoryViews) -> None:
    run(store, failing="push_image")

    plan = asked(store, views).json

    assert (plan["command"], plan["possible"]) == (None, False)
    assert plan["reason"] == "it was undone completely"
    assert {step["action"] for step in plan["steps"]} == {"nothing"}


def test_what_waits_for_a_decision_and_what_was_decided_is_told(
    store: MemoryStore, views: MemoryViews
) -> None:
    for step in ("build_image", "push_image"):
        finish(store, step, Outcome(created=(f"thing:{step}",)))
        saga = store.load(SHOP)
        store.commit(transitions.parked(saga, saga.steps[step], None, NOON))
    said = Resolution(decision=Decision.SKIP, reason="gone", decided_at=NOON, decided_by="otto")
    update(
        store, SHOP, lambda saga: operations.resolved(saga, saga.steps["push_image"], said, None)
    )

    plan = asked(store, views).json

    would = {step["name"]: step for step in plan["steps"]}
    assert would["build_image"]["action"] == "wait"
    assert would["push_image"]["action"] == "leave"
    assert would["push_image"]["reason"] == "left by otto: gone"


def test_every_status_of_a_step_has_its_word(store: MemoryStore, views: MemoryViews) -> None:
    finish(store, "build_image", Outcome(created=("image:1",)))
    asked(store, views)
    view = views.get(SHOP)
    assert view is not None

    for status in StepStatus:
        views.save(
            view.model_copy(
                update={"steps": tuple(s.model_copy(update={"status": status}) for s in view.steps)}
            ),
            [],
            replaces=view.version,
        )
        assert ask(handler, path={"id": SHOP}).status == 200


def test_a_workflow_of_somebody_else_is_not_there(store: MemoryStore, views: MemoryViews) -> None:
    assert asked(store, views, owner="boris").status == 404
