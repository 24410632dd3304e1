"""An undo cannot succeed: somebody is asked, decides, and the saga ends with the truth."""

import pytest
from tests.integration.operating.desk import Desk, View, refused, step_of

REGISTRY_GONE = "delete registry."
UNTAG, REMOVE = "untag", "remove"


def parked(desk: Desk, app: str, *away: str) -> View:
    """A version that crashes, and an undo that cannot be done meanwhile."""
    desk.trouble.crashes = True
    desk.trouble.away |= set(away or (REGISTRY_GONE,))
    view = desk.run(app)
    assert view["status"] == "PARKED", view
    return view


def test_a_parked_undo_says_why_and_waits(desk: Desk) -> None:
    view = parked(desk, "waits")

    push = step_of(view, "push_image")
    assert push["status"] == "UNDO_PARKED"
    assert push["undo"]["error"]["code"] == "away"
    assert push["undo"]["resolution"] is None
    assert step_of(view, "deploy_application")["status"] == "UNDONE"
    assert refused(lambda: desk.ask("waits")) == "target_locked"


def test_mended_and_tried_again_it_ends_with_nothing_left(desk: Desk) -> None:
    before = desk.outside()
    view = parked(desk, "mended")
    desk.trouble.away.clear()

    accepted = desk.resolve(view["workflow_id"], "push_image", decision="retry")

    assert accepted["version"] == view["version"] + 1
    ended = desk.end(view["workflow_id"])
    assert ended["status"] == "COMPENSATED", ended
    assert step_of(ended, "push_image")["undo"]["resolution"]["decided_by"] == view["owner"]
    assert desk.outside() == before


def test_skipped_it_stays_by_name_with_the_reason_and_who_said_so(desk: Desk) -> None:
    view = parked(desk, "skipped")

    desk.resolve(view["workflow_id"], "push_image", decision="skip", reason="registry is retired")

    ended = desk.end(view["workflow_id"])
    assert ended["status"] == "COMPENSATED_WITH_LEFTOVERS"
    left = [item for item in ended["receipt"]["items"] if item["state"] == "leftover"]
    assert {item["step"] for item in left} == {"push_image"}
    cause = step_of(view, "push_image")["undo"]["error"]["message"]
    said = f"skip by {view['owner']}: registry is retired; undo failed: away: {cause}"
    assert {item["detail"] for item in left} == {said}
    assert step_of(ended, "push_image")["status"] == "UNDO_SKIPPED"
    assert step_of(ended, "build_image")["status"] == "UNDONE"


def test_skipped_and_gone_all_the_same_it_is_called_clean(desk: Desk) -> None:
    view = parked(desk, "gone-anyway")
    _remove_by_hand(desk, view)

    desk.resolve(view["workflow_id"], "push_image", decision="skip", reason="never mind")

    assert desk.end(view["workflow_id"])["status"] == "COMPENSATED"


def test_done_by_hand_is_believed_when_it_is_so(desk: Desk) -> None:
    view = parked(desk, "by-hand")
    _remove_by_hand(desk, view)

    desk.resolve(view["workflow_id"], "push_image", decision="done")

    ended = desk.end(view["workflow_id"])
    assert ended["status"] == "COMPENSATED", ended
    assert step_of(ended, "push_image")["undo"]["resolution"]["decision"] == "done"


def test_done_by_hand_is_not_believed_when_it_is_still_there(desk: Desk) -> None:
    view = parked(desk, "mistaken")

    desk.resolve(view["workflow_id"], "push_image", decision="done", reason="I deleted it")

    ended = desk.end(view["workflow_id"])
    assert ended["status"] == "COMPENSATED_WITH_LEFTOVERS"
    left = next(item for item in ended["receipt"]["items"] if item["state"] == "leftover")
    assert left["detail"].startswith(f"done by {view['owner']}: I deleted it; undo failed: ")


def test_tried_again_in_vain_it_waits_again_and_the_new_token_is_answered(desk: Desk) -> None:
    view = parked(desk, "again")
    desk.resolve(view["workflow_id"], "push_image", decision="retry")

    again = desk.end(view["workflow_id"])
    assert again["status"] == "PARKED"
    push = step_of(again, "push_image")
    assert (push["status"], push["undo"]["resolution"]) == ("UNDO_PARKED", None)
    desk.trouble.away.clear()
    desk.resolve(view["workflow_id"], "push_image", decision="retry")

    assert desk.end(view["workflow_id"])["status"] == "COMPENSATED"


def test_several_undos_wait_one_after_the_other(desk: Desk) -> None:
    view = parked(desk, "twice", REGISTRY_GONE, UNTAG)
    desk.resolve(view["workflow_id"], "push_image", decision="skip", reason="later")

    second = desk.end(view["workflow_id"])
    assert second["status"] == "PARKED"
    assert step_of(second, "tag_image")["status"] == "UNDO_PARKED"
    desk.trouble.away.clear()
    desk.resolve(view["workflow_id"], "tag_image", decision="retry")

    ended = desk.end(view["workflow_id"])
    assert ended["status"] == "COMPENSATED_WITH_LEFTOVERS"
    assert {i["step"] for i in ended["receipt"]["items"] if i["state"] == "leftover"} == {
        "push_image"
    }


def test_the_first_of_two_operators_decides(desk: Desk) -> None:
    view = parked(desk, "two-hands")
    workflow = view["workflow_id"]
    desk.resolve(workflow, "push_image", decision="skip", reason="leave it")

    late = refused(lambda: desk.resolve(workflow, "push_image", decision="done"))
    same = desk.resolve(workflow, "push_image", decision="skip", reason="leave it")

    assert late == "already_resolved"
    assert same["workflow_id"] == workflow
    assert desk.end(workflow)["status"] == "COMPENSATED_WITH_LEFTOVERS"
    told = desk.client.get(f"/workflows/{workflow}/timeline")["items"]
    assert [item["type"] for item in told].count("slipway.step.resolved") == 1


@pytest.mark.parametrize(
    ("step", "body", "code"),
    [
        ("build_image", {"decision": "retry"}, "not_parked"),
        ("paint_image", {"decision": "retry"}, "no_such_step"),
        ("push_image", {"decision": "skip"}, "invalid_request"),
        ("push_image", {"decision": "forget"}, "invalid_request"),
    ],
)
def test_what_cannot_be_decided_is_refused_with_a_reason(
    desk: Desk, step: str, body: View, code: str
) -> None:
    view = parked(desk, f"no-{step.replace('_', '-')}-{len(body)}-{body['decision']}")

    assert refused(lambda: desk.resolve(view["workflow_id"], step, **body)) == code
    assert desk.view(view["workflow_id"])["version"] == view["version"]


def test_no_token_is_in_a_view_an_event_or_a_timeline(desk: Desk) -> None:
    view = parked(desk, "secret")
    undo = desk.saga(view["workflow_id"]).steps["push_image"].undo

    assert undo is not None
    assert undo.task_token
    told = [view, desk.client.get(f"/workflows/{view['workflow_id']}/timeline")]
    assert undo.task_token not in repr(told)


def _remove_by_hand(desk: Desk, view: View) -> None:
    desk.trouble.away.clear()
    repository, _, _ = view["image"]["reference"].rpartition(":")
    desk.registry.delete(repository, view["image"]["digest"])
