"""Asked what would happen, the system tells all of it and does none of it."""

import pytest
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


def test_a_plan_is_completed_with_the_defaults_as_the_workflow_will_be(desk: Desk) -> None:
    desk.client.put("/config", {"defaults": {"app": {"replicas": 3, "namespace": "tea"}}})
    assert desk.system.wait_idle(20)

    plan = desk.post("/plan", source=SOURCE, app={"name": "planned", "replicas": 2})
    view = desk.run("planned", source=SOURCE)
    desk.client.put("/config", {"defaults": {}})
    assert desk.system.wait_idle(20)
    without = desk.post("/plan", source=SOURCE, app={"name": "planned", "namespace": "tea"})

    (deployment,) = (each for each in plan["manifests"] if each["kind"] == "Deployment")
    assert deployment["metadata"]["namespace"] == view["service"]["namespace"] == "tea"
    assert deployment["spec"]["replicas"] == 2  # it was said
    assert plan["defaults"]["fields"] == ["app.namespace"]
    assert view["defaults"]["fields"] == ["app.namespace", "app.replicas"]
    assert without["defaults"] is None


@pytest.mark.parametrize("path", ["/plan", "/workflows"])
def test_a_plan_refuses_what_the_workflow_would_be_refused_for(path: str, desk: Desk) -> None:
    asked = {"source": SOURCE, "app": {"name": "shop"}, "options": {"on_failure": "advise"}}

    assert refused(lambda: desk.post(path, **asked)) == "invalid_request"


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
