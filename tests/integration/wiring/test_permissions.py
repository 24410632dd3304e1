"""Every function of the template at work: its role allows each call of AWS that it makes.

Engine, registry, scanner and cluster are stand-ins, behind the doors that they have on AWS.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextvars import Context
from pathlib import Path

import boto3
import pytest
from tests.codebuild_on_moto import CodeBuildInMemory
from tests.integration.operating.desk import WITHIN_S, Desk, operating
from tests.integration.wiring.calls import Request
from tests.integration.wiring.deployed import Deployed, deployed
from tests.integration.wiring.on_aws import ECR, Doors
from tests.integration.wiring.permitted import Statement, is_permitted
from tests.integration.wiring.watching import Watch, watched

from recovery.resume import handler as resume

FUNCTIONS = {each.name: each for each in deployed(Stage="local")}
OUTSIDE = {each.name: each for each in deployed(Stage="local", Builder="codebuild")}
"""Where images are built on CodeBuild."""
ROLES = {f"{name}-engine": each for name, each in FUNCTIONS.items()} | {
    f"{name}-codebuild": each for name, each in OUTSIDE.items()
}
SAME_WITH_CODEBUILD = {
    f"{name}-codebuild"
    for name, each in FUNCTIONS.items()
    if each.statements == OUTSIDE[name].statements
}


def _actions(statement: Statement) -> Sequence[str]:
    given = statement["Action"]
    return [given] if isinstance(given, str) else given


GRANTED = sorted(
    {
        action
        for each in ROLES.values()
        for statement in each.statements
        if statement["Effect"] == "Allow"
        for action in _actions(statement)
    }
)
AT_ECR = {"image": {"repository": f"{ECR}/shop"}}


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    """Stories in which every function has something to do."""
    with watched() as watch:
        state = tmp_path_factory.mktemp("state")
        with operating(state, registries_allowed=ECR) as desk, Doors(desk, watch).opened():
            at_ecr(desk)
            completed_read_and_taken_back(desk)
            parked_stopped_rescued_and_resolved(desk)
            cancelled_while_it_builds(desk)
            in_a_session_with_defaults(desk)
            from_an_upload(desk, tmp_path_factory.mktemp("source") / "shop.tar.gz")
            desk.post("/sweep", dry_run=False, grace_minutes=0)
            watch.run("Sweep")
            repaired(desk, watch)
        yield watch


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    """What is built on CodeBuild is completed and taken back, or cancelled."""
    with watched() as watch:
        state = tmp_path_factory.mktemp("state")
        with operating(state, registries_allowed=ECR) as desk:
            doors = Doors(desk, watch)
            with doors.opened(), doors.building_outside() as codebuild:
                built_outside(desk, watch, codebuild)
                cancelled_outside(desk, watch, codebuild)
        yield watch


def built_outside(desk: Desk, watch: Watch, codebuild: CodeBuildInMemory) -> None:
    for name, more in (("outside", {}), ("at-ecr", AT_ECR)):
        workflow_id = desk.ask(name, **more)
        assert desk.system.wait_idle(WITHIN_S)
        codebuild.print("Step 1/3 : FROM python")
        with watch.running("Resume"):
            resume({"source": "aws.events", "detail-type": "Scheduled Event"})
            resume(codebuild.end())
        assert desk.end(workflow_id)["status"] == "COMPLETED"
        desk.post(f"/workflows/{workflow_id}/rollback", reason="a story")
        assert desk.end(workflow_id)["status"] == "COMPENSATED"


def cancelled_outside(desk: Desk, watch: Watch, codebuild: CodeBuildInMemory) -> None:
    workflow_id = desk.ask("never", **AT_ECR)
    assert desk.system.wait_idle(WITHIN_S)
    desk.post(f"/workflows/{workflow_id}/cancel", reason="a story")
    with watch.running("Resume"):
        kind = "slipway.workflow.cancel_requested"
        resume({"detail-type": kind, "detail": {"subject": workflow_id}})
    assert desk.end(workflow_id)["status"] == "COMPENSATED"
    assert codebuild.statuses[-1] == "STOPPED"


def at_ecr(desk: Desk) -> None:
    """The other stories are at a registry whose password is a secret."""
    view = desk.run("at-ecr", **AT_ECR)
    assert view["status"] == "COMPLETED", view["error"]
    desk.post(f"/workflows/{view['workflow_id']}/rollback", reason="a story")
    assert desk.end(view["workflow_id"])["status"] == "COMPENSATED"


def completed_read_and_taken_back(desk: Desk) -> None:
    view = desk.run("shop", env={"DB_PASSWORD": "not told"})
    assert view["status"] == "COMPLETED", view["error"]
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


@pytest.fixture(scope="module")
def seen(watch: Watch, outside: Watch) -> Mapping[str, AbstractSet[Request]]:
    """By function and who builds."""
    return {f"{name}-engine": asked for name, asked in watch.seen.items()} | {
        f"{name}-codebuild": asked for name, asked in outside.seen.items()
    }


def test_the_stories_leave_no_function_out(seen: Mapping[str, AbstractSet[Request]]) -> None:
    """One that no story calls is one that nobody has seen at work: tell a story of it above."""
    assert seen.keys() >= ROLES.keys() - SAME_WITH_CODEBUILD
    assert seen.keys() <= ROLES.keys()


@pytest.mark.parametrize("key", ROLES)
def test_its_role_allows_all_that_a_function_does(
    seen: Mapping[str, AbstractSet[Request]], key: str
) -> None:
    refused = [
        f"{request.action} on {request.resource} {request.context or ''}"
        for request in seen.get(key, ())
        if not is_permitted(ROLES[key].statements, request)
    ]

    assert refused == []


@pytest.mark.parametrize("key", ROLES)
def test_a_permission_less_and_a_function_that_used_it_is_refused(
    seen: Mapping[str, AbstractSet[Request]], key: str
) -> None:
    """So the test above can fail, for each of them."""
    used = seen.get(key, set())

    assert all(not is_permitted(_without(ROLES[key], each), each) for each in used)


def _without(function: Deployed, request: Request) -> list[Statement]:
    return [each for each in function.statements if not is_permitted([each], request)]


@pytest.mark.parametrize("action", GRANTED)
def test_each_action_that_the_template_grants_is_needed_by_a_function(
    seen: Mapping[str, AbstractSet[Request]], action: str
) -> None:
    """So the template without it, or with a misspelt one, fails a test above."""
    refused = {
        key
        for key, asked in seen.items()
        if not all(is_permitted(_less(ROLES[key], action), each) for each in asked)
    }

    assert refused


def _less(function: Deployed, action: str) -> list[Statement]:
    return [
        {**each, "Action": [granted for granted in _actions(each) if granted != action]}
        for each in function.statements
    ]


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
