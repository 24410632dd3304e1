"""A client that knows the OpenAPI document alone does all that a caller may, from the upload on."""

import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from tests.contract.openapi_client import DocumentClient
from tests.integration.operating.desk import Desk, operating

DOCUMENT = json.loads((Path(__file__).parents[2] / "openapi" / "openapi.json").read_text("utf-8"))
NOT_AN_OPERATORS = {"workflows:read", "workflows:write"}
OVER = {"COMPLETED", "COMPENSATED", "COMPENSATED_WITH_LEFTOVERS"}
WITHIN_S = 30
SHOP = {
    "requirements.txt": "flask==3.1.0\n",
    "app.py": "from flask import Flask\n\napp = Flask(__name__)\n",
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Sources are read for real: what was uploaded is what is built."""
    with operating(tmp_path, real={"source"}) as desk:
        yield desk


def archived(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, text in files.items():
            told = tarfile.TarInfo(name)
            told.size = len(text.encode())
            archive.addfile(told, io.BytesIO(text.encode()))
    return packed.getvalue()


def an_upload_becomes_a_service_and_is_taken_back(
    client: DocumentClient, source: dict[str, Any]
) -> None:
    request = {"source": source, "app": {"name": "known"}}
    planned = client.call("plan", **request)
    accepted = client.call("containerize", **request, idempotency_key="a-key")
    again = client.call("containerize", **request, idempotency_key="a-key")
    other = client.call("containerize", source=source, app={"name": "x"}, idempotency_key="a-key")
    workflow_id, version = accepted.body["workflow_id"], accepted.body["version"]
    view = client.follow(workflow_id, version, OVER)
    would = client.call("get_undo_plan", id=workflow_id)
    rolled_back = client.call("rollback", id=workflow_id, reason="it was a story")
    after = client.follow(workflow_id, rolled_back.body["version"], OVER - {"COMPLETED"})
    receipt = client.call("get_receipt", id=workflow_id)

    assert "FROM" in json.dumps(planned.body)
    assert (again.body, other.status) == (accepted.body, 409)
    assert (view["status"], after["status"]) == ("COMPLETED", "COMPENSATED")
    assert would.body["command"] == "rollback"
    assert receipt.body["clean"]


def what_happened_can_be_read(client: DocumentClient, source: dict[str, Any]) -> None:
    accepted = client.call("containerize", source=source, app={"name": "read"}).body
    workflow_id = accepted["workflow_id"]
    client.follow(workflow_id, accepted["version"], OVER)
    seen = client.call("get_workflow", id=workflow_id)
    unchanged = client.call("get_workflow", id=workflow_id, if_none_match=seen.headers["etag"])
    dockerfile = client.call("get_artifact", id=workflow_id, name="Dockerfile")
    drawn = client.call("get_timeline", id=workflow_id, format="mermaid")
    history = client.call("workflow_history", id=workflow_id, limit=1)
    following = client.call("workflow_history", id=workflow_id, cursor=history.body["next_cursor"])
    listed = client.call("list_workflows", status="COMPLETED", limit=1)
    figures = client.call("statistics")

    assert unchanged.status == 304
    assert "FROM" in dockerfile.body
    assert drawn.body.startswith("gantt")
    assert len(history.body["items"]) == 1
    assert history.body["items"][0] not in following.body["items"]
    assert [each["workflow_id"] for each in listed.body["items"]] == [workflow_id]
    assert figures.body["total"]["completed"] >= 1
    assert client.call("health").status == 200


def a_workflow_is_cancelled_while_it_builds(
    desk: Desk, client: DocumentClient, source: dict[str, Any]
) -> None:
    cancelled = Event()
    desk.trouble.on["build"] = lambda: cancelled.wait(WITHIN_S)
    accepted = client.call("containerize", source=source, app={"name": "never"}).body
    told = client.call("cancel", id=accepted["workflow_id"], reason="a story")
    cancelled.set()
    view = client.follow(accepted["workflow_id"], told.body["version"], OVER)

    assert (told.status, view["status"]) == (202, "COMPENSATED")


def workflows_are_gathered_in_a_session_with_defaults(
    client: DocumentClient, source: dict[str, Any]
) -> None:
    before = client.call("get_config")
    defaults = {"app": {"replicas": 2}}
    client.call("update_config", defaults=defaults, if_match=before.headers["etag"])
    overtaken = client.call("update_config", defaults={}, if_match=before.headers["etag"])
    opened = client.call("open_session", labels={"branch": "main"}).body
    session = opened["session_id"]
    client.call("get_session", id=session, min_version=opened["version"])
    accepted = client.call(
        "containerize", source=source, app={"name": "gathered"}, session_id=session
    ).body
    view = client.follow(accepted["workflow_id"], accepted["version"], OVER)
    gathered = client.call("list_workflows", session=session)
    open_ones = client.call("list_sessions")
    closed = client.call("close_session", id=session).body
    after = client.call("get_session", id=session, min_version=closed["version"])

    assert overtaken.status == 412
    assert view["request"]["app"]["replicas"] == 2
    assert [each["workflow_id"] for each in gathered.body["items"]] == [accepted["workflow_id"]]
    assert session in {each["session_id"] for each in open_ones.body["items"]}
    assert after.body["closed_at"]


def test_a_client_of_the_document_does_all_that_needs_no_operator(desk: Desk) -> None:
    client = DocumentClient(DOCUMENT, desk.system.url, desk.system.token)
    source = {"upload_id": client.upload(archived(SHOP))}

    an_upload_becomes_a_service_and_is_taken_back(client, source)
    what_happened_can_be_read(client, source)
    a_workflow_is_cancelled_while_it_builds(desk, client, source)
    workflows_are_gathered_in_a_session_with_defaults(client, source)

    assert client.used == client.open_to(NOT_AN_OPERATORS)
