"""Stories in which every function of the template has something to do."""

import json
from contextvars import Context
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import boto3
from tests.codebuild_on_moto import CodeBuildInMemory
from tests.integration.operating.desk import WITHIN_S, Desk
from tests.integration.wiring.on_aws import ECR
from tests.integration.wiring.watching import Watch

from recovery.resume import handler as resume
from recovery.stuck import Rescuer
from slipway import wiring
from slipway.messages.clock import utc_now
from steps import PLAN

AT_ECR = {"image": {"repository": f"{ECR}/shop"}}
_KEYS = {"pk": {"S": "workflow#wf_unreadable"}, "sk": {"S": "EVENT#00000001"}}
UNREADABLE = {
    "eventID": "1",
    "eventName": "INSERT",
    "dynamodb": {"Keys": _KEYS, "NewImage": _KEYS, "SequenceNumber": "1"},
}


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


def parked_stopped_rescued_and_resolved(desk: Desk, watch: Watch) -> None:
    desk.trouble.crashes = True
    desk.trouble.away.add("delete registry.")
    parked = desk.run("parked")
    assert parked["status"] == "PARKED", parked
    _stop(parked["workflow_id"])
    parked = desk.end(parked["workflow_id"])
    assert parked["status"] == "PARKED", parked
    with watch.running("Sweep"):
        tomorrow = partial(utc_now().__add__, timedelta(days=1))
        told = (PLAN, wiring.store(), wiring.executions(), wiring.here(), tomorrow)
        assert Rescuer(*told, dry_run=True).rescue_if_stuck(parked["workflow_id"]) is None
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
    """Workflows that were set aside, one that is replayed, and the read table filled anew."""
    workflow_id = desk.run("repaired")["workflow_id"]
    desk.post(f"/workflows/{workflow_id}/replay")
    body = json.dumps({"workflow_id": workflow_id})
    watch.run("ReplayUndelivered", {"Records": [{"messageId": "1", "body": body}]})
    body = json.dumps({"DDBStreamBatchInfo": _lost()})
    watch.run("ReplayUndelivered", {"Records": [{"messageId": "2", "body": body}]})
    for name in ("Project", "Relay"):
        watch.run(name, {"Records": [UNREADABLE]})
    desk.post("/rebuild")


def _lost() -> dict[str, Any]:
    """As Lambda tells of records that a function could not answer."""
    streams = boto3.client("dynamodbstreams")
    (stream,) = streams.list_streams(TableName=wiring.settings().write_table)["Streams"]
    told = streams.describe_stream(StreamArn=stream["StreamArn"])["StreamDescription"]
    shard = told["Shards"][0]
    number = shard["SequenceNumberRange"]["StartingSequenceNumber"]
    return {
        "streamArn": stream["StreamArn"],
        "shardId": shard["ShardId"],
        "startSequenceNumber": number,
        "endSequenceNumber": number,
        "batchSize": 1,
    }


def _stop(workflow_id: str) -> None:
    machines = boto3.client("stepfunctions", region_name="eu-central-1")
    (machine,) = machines.list_state_machines()["stateMachines"]
    for each in machines.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]:
        if each["name"] == workflow_id:
            machines.stop_execution(executionArn=each["executionArn"])
