"""Every function of the template at work: its role allows each call of AWS that it makes.

Engine, registry, scanner and cluster are stand-ins: logins to ECR and EKS are not seen here.
"""

import json
from collections.abc import Iterator
from contextvars import Context
from pathlib import Path

import boto3
import pytest
from tests.integration.operating.desk import Desk, operating
from tests.integration.wiring.calls import Request
from tests.integration.wiring.deployed import Deployed, deployed
from tests.integration.wiring.permitted import Statement, is_permitted
from tests.integration.wiring.watching import Watch, watched

from slipway import wiring

FUNCTIONS = {each.name: each for each in deployed(Stage="local")}


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    """Stories in which every function has something to do."""
    with watched() as watch:
        with operating(tmp_path_factory.mktemp("state"), sweep_grace_minutes=0) as desk:
            completed_read_and_taken_back(desk)
            parked_stopped_rescued_and_resolved(desk)
            cancelled_while_it_builds(desk)
            in_a_session_with_defaults(desk)
            from_an_upload(desk, tmp_path_factory.mktemp("source") / "shop.tar.gz")
            swept_after_nobody_knows_whom(desk, watch)
            desk.client.get("/drain")
            repaired(desk, watch)
        yield watch


def completed_read_and_taken_back(desk: Desk) -> None:
    view = desk.run("shop", env={"DB_PASSWORD": "not told"})
    assert view["status"] == "COMPLETED", view
    workflow = f"/workflows/{view['workflow_id']}"
    for part in ("timeline", "history", "undo-plan", "artifacts/Dockerfile"):
        desk.client.text(f"{workflow}/{part}")
    desk.client.get(f"{workflow}/artifacts/Dockerfile", format="url")
    desk.client.get("/workflows", status="COMPLETED")
    desk.client.get("/statistics")
    desk.client.get("/health")
    desk.post("/plan", source={"git": {"url": "https://git.test/shop"}}, app={"name": "shop"})
    desk.post(f"{workflow}/rollback", reason="a story")
    desk.end(view["workflow_id"])
    desk.client.get(f"{workflow}/receipt")


def parked_stopped_rescued_and_resolved(desk: Desk) -> None:
    desk.trouble.crashes = True
    desk.trouble.away.add("delete registry.")
    parked = desk.run("parked")
    assert parked["status"] == "PARKED", parked
    _stop(parked["workflow_id"])
    parked = desk.end(parked["workflow_id"])
    assert parked["status"] == "PARKED", parked
    desk.trouble.mend()
    desk.resolve(parked["workflow_id"], "push_image", decision="retry")
    assert desk.end(parked["workflow_id"])["status"] == "COMPENSATED"


def cancelled_while_it_builds(desk: Desk) -> None:
    outside = Context()  # of the function that builds
    desk.trouble.on["build"] = lambda: outside.run(desk.cancel_newest, "a story")
    assert desk.run("cancelled")["status"] == "COMPENSATED"


def from_an_upload(desk: Desk, archive: Path) -> None:
    archive.write_bytes(b"what is in it, another story tells")
    offer = desk.post("/uploads", size_bytes=archive.stat().st_size)
    desk.client.upload(offer, archive)
    source = {"upload_id": offer["upload_id"]}
    desk.post("/plan", source=source, app={"name": "uploaded"})
    desk.run("uploaded", source=source)


def in_a_session_with_defaults(desk: Desk) -> None:
    session = f"{desk.post('/sessions', labels={})['session_id']}"
    desk.client.put("/config", {"defaults": {"app": {"replicas": 2}}})
    desk.run("gathered", session_id=session)
    desk.client.delete(f"/sessions/{session}")
    assert desk.system.wait_idle(20)
    desk.client.get("/sessions")
    desk.client.get(f"/sessions/{session}")
    desk.client.get("/config")
    desk.client.put("/config", {"defaults": {}})


def swept_after_nobody_knows_whom(desk: Desk, watch: Watch) -> None:
    """Once by an operator, once by the schedule. Each removal is told on the bus."""
    left = "workflows/wf_ffffffffffffffffffffffff/build_image/context"
    for sweep in (lambda: desk.post("/sweep"), lambda: watch.run("Sweep")):
        wiring.workspace().put(left, b"of a build")
        sweep()
        assert left not in wiring.workspace().keys(left)


def repaired(desk: Desk, watch: Watch) -> None:
    """A workflow that was set aside, one that is replayed, and the read table filled anew."""
    workflow_id = desk.run("repaired")["workflow_id"]
    desk.post(f"/workflows/{workflow_id}/replay")
    body = json.dumps({"workflow_id": workflow_id})
    watch.run("ReplayUndelivered", {"Records": [{"messageId": "1", "body": body}]})
    desk.post("/rebuild")


def _stop(workflow_id: str) -> None:
    machines = boto3.client("stepfunctions", region_name="eu-central-1")
    (machine,) = machines.list_state_machines()["stateMachines"]
    for each in machines.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]:
        if each["name"] == workflow_id:
            machines.stop_execution(executionArn=each["executionArn"])


def test_the_stories_leave_no_function_out(watch: Watch) -> None:
    """One that no story calls is one that nobody has seen at work: tell a story of it above."""
    assert watch.seen.keys() == FUNCTIONS.keys()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_its_role_allows_all_that_a_function_does(watch: Watch, name: str) -> None:
    refused = [
        f"{request.action} on {request.resource} {request.context or ''}"
        for request in watch.seen.get(name, ())
        if not is_permitted(FUNCTIONS[name].statements, request)
    ]

    assert refused == []


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_permission_less_and_a_function_that_used_it_is_refused(watch: Watch, name: str) -> None:
    """So the test above can fail, for each of them."""
    used = watch.seen.get(name, set())

    assert all(not is_permitted(_without(FUNCTIONS[name], each), each) for each in used)


def _without(function: Deployed, request: Request) -> list[Statement]:
    return [each for each in function.statements if not is_permitted([each], request)]


def test_an_item_outside_of_a_transaction_is_refused() -> None:
    statements = FUNCTIONS["Cancel"].statements
    inside = ("dynamodb:EnclosingOperation", "TransactWriteItems")
    table = statements[1]["Resource"]

    assert is_permitted(statements, Request("dynamodb:PutItem", table, inside))
    assert not is_permitted(statements, Request("dynamodb:PutItem", table))
    assert not is_permitted(statements, Request("dynamodb:Scan", table))


def test_who_claims_keys_can_write_nothing_else_of_the_write_table_and_read_nothing() -> None:
    statements = FUNCTIONS["Upload"].statements
    table = next(each["Resource"] for each in statements if "dynamodb:PutItem" in each["Action"])

    def puts(key: str | None, action: str = "dynamodb:PutItem") -> bool:
        context = ("dynamodb:LeadingKeys", key) if key else None
        return is_permitted(statements, Request(action, table, context))

    assert puts("command#key")
    assert not any(puts(key) for key in ("workflow#wf_shop", "config#anna", "lock#shop", None))
    assert not puts("command#key", "dynamodb:GetItem")
