"""An operator repairs what can be seen: with `slipway replay` and `slipway rebuild`."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.integration.cli.test_operating_cli import Terminal
from tests.integration.operating.desk import Desk, operating

from slipway_local.services import client

READ, GREEN = "slipway-read-local", "slipway-read-green-local"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with operating(tmp_path_factory.mktemp("state")) as desk:
        yield desk


@pytest.fixture
def terminal(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Terminal:
    return Terminal(capsys, monkeypatch, desk)


def wreck(table: str, workflow: str) -> None:
    """Its view is gone, and what there is of its timeline is wrong."""
    dynamodb: Any = client("dynamodb")
    pk = {"S": f"workflow#{workflow}"}
    dynamodb.delete_item(TableName=table, Key={"pk": pk, "sk": {"S": "VIEW"}})
    line = {"pk": pk, "sk": {"S": "TIMELINE#000001"}, "line": {"S": "{}"}}
    dynamodb.put_item(TableName=table, Item=line)


def test_a_replay_repairs_the_view_of_one_workflow(desk: Desk, terminal: Terminal) -> None:
    workflow = str(desk.run("replayed")["workflow_id"])
    before = terminal.json("timeline", workflow), terminal.json("status", workflow)
    wreck(READ, workflow)

    code, told = terminal.json("replay", workflow)

    desk.system.wait_idle()
    assert (code, told["workflow_id"]) == (0, workflow)
    assert told["events"] == len(before[0][1]["items"])
    assert (terminal.json("timeline", workflow), terminal.json("status", workflow)) == before


def test_a_rebuild_repairs_all_and_what_comes_later_is_seen_too(
    desk: Desk, terminal: Terminal
) -> None:
    workflow = str(desk.run("rebuilt")["workflow_id"])
    before = terminal.json("list"), terminal.json("timeline", workflow)
    wreck(READ, workflow)

    code, told = terminal.json("rebuild")

    assert (code, told["active"], told["done"]) == (0, "green", True)
    assert (terminal.json("list"), terminal.json("timeline", workflow)) == before
    later = desk.run("later")
    assert later["status"] == "COMPLETED"
    assert terminal.run("replay", "wf_unknownunknown")[0] == 3
