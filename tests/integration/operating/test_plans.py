"""Asked what would happen, the system tells all of it and does none of it."""

from tests.integration.operating.desk import Desk, refused

SOURCE = {"git": {"url": "https://git.test/shop"}}


def test_a_plan_tells_what_the_workflow_then_does(desk: Desk) -> None:
    plan = desk.post("/plan", source=SOURCE, app={"name": "planned"})

    view = desk.run("planned")

    dockerfile = desk.client.text(f"/workflows/{view['workflow_id']}/artifacts/Dockerfile")
    assert _instructions(plan["dockerfile"]) == _instructions(dockerfile)
    (component,) = plan["components"]
    assert (plan["chosen"], component["framework"]) == (".", "flask")
    assert view["service"]["port"] in {
        port["port"]
        for manifest in plan["manifests"]
        if manifest["kind"] == "Service"
        for port in manifest["spec"]["ports"]
    }


def test_a_plan_leaves_nothing_behind(desk: Desk) -> None:
    before, listed = desk.outside(), desk.client.get("/workflows")

    desk.post("/plan", source=SOURCE, app={"name": "shop", "env": {"API_TOKEN": "not told"}})

    assert desk.outside() == before
    assert desk.client.get("/workflows") == listed


def test_a_plan_shows_no_secret_that_it_was_given(desk: Desk) -> None:
    plan = desk.post("/plan", source=SOURCE, app={"name": "shop", "env": {"API_TOKEN": "not told"}})

    assert "API_TOKEN" in str(plan["manifests"])
    assert "not told" not in str(plan)


def test_nobody_plans_with_the_upload_of_somebody_else(desk: Desk) -> None:
    source = {"upload_id": "up_of0somebody0else"}

    assert refused(lambda: desk.post("/plan", source=source, app={"name": "shop"})) == (
        "invalid_request"
    )


def _instructions(dockerfile: str) -> list[str]:
    """Labels name the workflow."""
    return [line for line in dockerfile.splitlines() if "slipway.dev/" not in line]
