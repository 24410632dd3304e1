"""What was deployed is taken back: the version before serves again, and at last nothing does."""

from typing import Any

from tests.integration.operating.desk import Desk, View, refused, step_of

from slipway.containerize.ports import ObjectRef


def version(desk: Desk, app: str, number: str) -> View:
    desk.source.version = number
    view = desk.run(app)
    assert view["status"] == "COMPLETED", view
    return view


def roll_back(desk: Desk, view: View, **body: str) -> View:
    accepted = desk.post(f"/workflows/{view['workflow_id']}/rollback", **body)
    assert accepted["version"] == view["version"] + 2
    return desk.end(view["workflow_id"])


def refusal(desk: Desk, view: View) -> str:
    return refused(lambda: desk.post(f"/workflows/{view['workflow_id']}/rollback"))


def serving(desk: Desk, app: str) -> Any:
    """The image that the deployment of the application names."""
    found = desk.cluster.read(ObjectRef("apps/v1", "Deployment", app, app))
    return found and found["spec"]["template"]["spec"]["containers"][0]["image"]


def test_two_versions_are_taken_back_one_after_the_other(desk: Desk) -> None:
    empty = desk.outside()
    first = version(desk, "shop", "1")
    with_first = desk.outside()
    second = version(desk, "shop", "2")
    assert serving(desk, "shop").endswith(second["image"]["digest"])

    back = roll_back(desk, second, reason="customers complain")

    assert back["status"] == "COMPENSATED", back
    assert back["receipt"]["clean"]
    assert back["error"]["message"] == "customers complain"
    assert back["rollback"]["requested_by"] == back["owner"]
    assert {i["state"] for i in back["receipt"]["items"]} <= {"absent", "restored", "kept"}
    assert serving(desk, "shop").endswith(first["image"]["digest"])
    assert desk.registry.digest(first["image"]["reference"]) == first["image"]["digest"]
    assert desk.outside() == with_first

    gone = roll_back(desk, first)

    assert gone["status"] == "COMPENSATED", gone
    assert serving(desk, "shop") is None
    assert desk.outside() == empty


def test_the_end_is_told_as_a_rollback(desk: Desk) -> None:
    view = roll_back(desk, version(desk, "told", "1"))

    told = desk.client.get(f"/workflows/{view['workflow_id']}/timeline")["items"]
    types = [item["type"].removeprefix("slipway.") for item in told]
    assert types[-2:] == ["workflow.compensated", "workflow.rolled_back"]
    assert [item["sequence"] for item in told] == list(range(1, len(told) + 1))


def test_an_older_version_is_not_taken_back_under_a_newer_one(desk: Desk) -> None:
    first, second = version(desk, "layers", "1"), version(desk, "layers", "2")
    before = desk.outside()

    assert refusal(desk, first) == "superseded"

    assert desk.view(first["workflow_id"])["version"] == first["version"]
    assert desk.outside() == before
    assert serving(desk, "layers").endswith(second["image"]["digest"])


def test_a_newer_version_that_failed_does_not_own_the_target(desk: Desk) -> None:
    first = version(desk, "survivor", "1")
    desk.trouble.crashes = True
    desk.trouble.on["replace deployment:survivor/survivor"] = desk.trouble.mend
    failed = desk.run("survivor")
    assert failed["status"] == "COMPENSATED", failed

    assert roll_back(desk, first)["status"] == "COMPENSATED"
    assert serving(desk, "survivor") is None


def test_a_rollback_is_asked_for_once(desk: Desk) -> None:
    view = version(desk, "once", "1")
    again: list[View] = []
    path = f"/workflows/{view['workflow_id']}/rollback"
    desk.trouble.on["delete deployment:"] = lambda: again.append(desk.post(path))

    back = roll_back(desk, view)

    assert back["status"] == "COMPENSATED"
    assert again[0]["workflow_id"] == view["workflow_id"]
    assert refusal(desk, view) == "already_rolled_back"
    told = desk.client.get(f"/workflows/{view['workflow_id']}/timeline")["items"]
    assert [i["type"] for i in told].count("slipway.workflow.undo_requested") == 1


def test_nothing_is_rolled_back_while_the_target_is_at_work(desk: Desk) -> None:
    first = version(desk, "busy", "1")
    found: list[str] = []
    desk.trouble.on["apply deployment:busy/busy"] = lambda: found.append(refusal(desk, first))

    version(desk, "busy", "2")

    assert found == ["target_locked"]


def test_while_it_is_rolled_back_nobody_deploys_there(desk: Desk) -> None:
    view = version(desk, "closing", "1")
    found: list[str] = []
    desk.trouble.on["delete deployment:closing/closing"] = lambda: found.append(
        refused(lambda: desk.ask("closing"))
    )

    roll_back(desk, view)

    assert found == ["target_locked"]
    assert version(desk, "closing", "2")["status"] == "COMPLETED"


def test_what_did_not_complete_cannot_be_rolled_back(desk: Desk) -> None:
    desk.trouble.crashes = True
    failed = desk.run("never-was")

    assert refusal(desk, failed) == "not_completed"


def test_an_undo_of_a_rollback_that_cannot_succeed_is_parked_and_resolved(desk: Desk) -> None:
    view = version(desk, "stuck", "1")
    desk.trouble.away.add("delete registry.")

    parked = roll_back(desk, view)
    assert parked["status"] == "PARKED"
    assert step_of(parked, "push_image")["status"] == "UNDO_PARKED"
    desk.trouble.away.clear()
    desk.resolve(view["workflow_id"], "push_image", decision="retry")

    assert desk.end(view["workflow_id"])["status"] == "COMPENSATED"


def test_an_image_without_a_deployment_is_taken_back_too(desk: Desk) -> None:
    before = desk.outside()
    view = desk.run("image-only", options={"deploy": False})

    assert roll_back(desk, view)["status"] == "COMPENSATED"
    assert desk.outside() == before
