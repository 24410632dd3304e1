"""Looking back at the terminal, over the HTTP front of a system that runs."""

from datetime import UTC, datetime, timedelta

from tests.integration.cli.test_operating_cli import Terminal, _desk, desk, terminal
from tests.integration.operating.desk import Desk

__all__ = ["_desk", "desk", "terminal"]


def test_what_happened_is_shown_by_time_and_counted_by_day(desk: Desk, terminal: Terminal) -> None:
    before = datetime.now(UTC)
    workflow_id = desk.run("shop")["workflow_id"]
    assert desk.system.wait_idle(20)

    code, told = terminal.json("history", workflow_id, "--since", before.isoformat())
    assert (code, told["items"][0]["type"]) == (0, "slipway.workflow.requested")
    assert told["items"][-1]["data"] == {"workflow": {"status": "COMPLETED"}}
    assert "workflow.completed" in terminal.run("history", workflow_id)[1]
    last = told["items"][-1]
    assert last["time"] in terminal.run("history", workflow_id)[1]
    steps = [each["step"] for each in told["items"] if each["step"]]
    assert f"  {steps[0]}  " in terminal.run("history", workflow_id)[1]
    since_last = terminal.json("history", workflow_id, "--since", last["time"])[1]["items"]
    assert [each["sequence"] for each in since_last] == [last["sequence"]]
    tomorrow = (before + timedelta(days=1)).isoformat()
    assert terminal.json("history", workflow_id, "--since", tomorrow)[1]["items"] == []
    assert terminal.json("history", workflow_id, "--since", "yesterday")[0] == 3

    code, told = terminal.json("stats")
    assert (code, told["now"]["COMPLETED"], told["total"]["completed"]) == (0, 1, 1)
    assert told["total"]["success_rate"] == 1.0
    shown = terminal.run("stats")[1]
    assert "now: 1 COMPLETED" in shown
    assert shown.splitlines()[0].split()[-4:] == ["parked", "success", "mean", "time"]
    assert "100.0%" in shown
    assert terminal.json("stats", "--since", "2001-01-01")[0] == 3
