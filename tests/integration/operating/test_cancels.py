"""A cancel may come at any moment: each has one answer, and each leaves nothing."""

import pytest
from tests.integration.operating.desk import Desk, View, refused, step_of


def cancel(desk: Desk, workflow_id: str) -> View:
    return desk.post(f"/workflows/{workflow_id}/cancel", reason="closing time")


def cancelled_at(desk: Desk, effect: str, app: str) -> View:
    """The workflow does not know its id when the effect comes: it is the newest one."""
    desk.trouble.on[effect] = lambda: desk.cancel_newest("closing time")
    return desk.run(app)


@pytest.mark.parametrize(
    ("effect", "step"),
    [
        ("fetch", "analyze_repository"),
        ("build", "build_image"),
        ("scan", "scan_image"),
        ("tag", "tag_image"),
        ("push", "push_image"),
        ("apply namespace:", "prepare_cluster"),
        ("apply deployment:", "deploy_application"),
        ("probe", "verify_deployment"),
    ],
)
def test_a_cancel_during_a_step_undoes_it_and_all_before(
    desk: Desk, effect: str, step: str
) -> None:
    before = desk.outside()

    view = cancelled_at(desk, effect, f"at-{step.replace('_', '-')}")

    assert view["status"] == "COMPENSATED", view
    assert view["error"]["code"] == "cancelled"
    assert view["cancel"]["reason"] == "closing time"
    assert step_of(view, step)["status"] in {"UNDONE", "KEPT"}
    assert desk.outside() == before


def test_cancelling_twice_is_cancelling_once(desk: Desk) -> None:
    answers: list[View] = []

    def twice() -> None:
        answers.extend([desk.cancel_newest("first"), desk.cancel_newest("second")])

    desk.trouble.on["push"] = twice
    view = desk.run("twice")

    first, second = answers
    assert first == second
    assert (view["status"], view["cancel"]["reason"]) == ("COMPENSATED", "first")


def test_a_cancel_during_the_undo_is_accepted_and_changes_nothing(desk: Desk) -> None:
    answers: list[View] = []
    desk.trouble.crashes = True
    desk.trouble.on["delete registry."] = lambda: answers.append(desk.cancel_newest("late"))

    view = desk.run("late")

    assert view["status"] == "COMPENSATED"
    assert view["cancel"] is None
    assert answers[0]["workflow_id"] == view["workflow_id"]


def test_a_cancel_while_an_undo_is_parked_decides_nothing(desk: Desk) -> None:
    desk.trouble.crashes = True
    desk.trouble.away.add("delete registry.")
    view = desk.run("parked")

    answer = cancel(desk, view["workflow_id"])

    assert answer["version"] == view["version"]
    assert desk.end(view["workflow_id"])["status"] == "PARKED"


@pytest.mark.parametrize("crashes", [False, True], ids=["completed", "undone"])
def test_what_has_ended_is_not_cancelled(desk: Desk, *, crashes: bool) -> None:
    desk.trouble.crashes = crashes
    view = desk.run(f"ended-{crashes}".lower())

    assert refused(lambda: cancel(desk, view["workflow_id"])) == "already_finished"


def test_a_rollback_is_not_cancelled(desk: Desk) -> None:
    view = desk.run("going")
    answers: list[View] = []
    desk.trouble.on["delete deployment:going/going"] = lambda: answers.append(
        cancel(desk, view["workflow_id"])
    )
    desk.post(f"/workflows/{view['workflow_id']}/rollback")

    ended = desk.end(view["workflow_id"])

    assert (ended["status"], ended["cancel"]) == ("COMPENSATED", None)
    assert answers[0]["workflow_id"] == view["workflow_id"]
