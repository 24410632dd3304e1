"""Sessions and defaults at the terminal, over the HTTP front of a system that runs."""

import io
import json
from pathlib import Path

import pytest
from tests.integration.cli.test_operating_cli import Terminal, _desk, desk, terminal
from tests.integration.operating.desk import Desk
from tests.shell import APPS

__all__ = ["_desk", "desk", "terminal"]


def test_a_session_is_opened_used_listed_and_closed(desk: Desk, terminal: Terminal) -> None:
    code, opened = terminal.json("session", "open", "--label", "branch=main")
    session = opened["session_id"]
    assert (code, opened["version"]) == (0, 1)

    app = str(APPS / "flask")
    code, view = terminal.json("deploy", app, "--name", "gathered", "--session", session)
    assert (code, view["request"]["session_id"]) == (0, session)
    assert desk.system.wait_idle(20)
    _, listed = terminal.json("sessions")
    assert [(s["session_id"], s["labels"]) for s in listed["items"]] == [
        (session, {"branch": "main"})
    ]
    _, gathered = terminal.json("list", "--session", session)
    assert [w["workflow_id"] for w in gathered["items"]] == [view["workflow_id"]]

    assert terminal.run("session", "close", session)[0] == 0
    assert terminal.run("session", "close", session)[0] == 0
    assert desk.system.wait_idle(20)
    assert session not in terminal.run("sessions")[1]
    code, told = terminal.json("deploy", app, "--name", "late", "--session", session)
    assert (code, told["error"]["code"]) == (3, "invalid_request")


def test_a_list_that_goes_on_says_how_to_see_the_rest(terminal: Terminal) -> None:
    opened = [terminal.json("session", "open")[1]["session_id"] for _ in range(2)]

    code, told = terminal.run("sessions", "--limit", "1")
    *_, more = told.splitlines()
    _, page = terminal.json("sessions", "--limit", "1", more.removeprefix("there is more: add "))

    assert (code, more.startswith("there is more: add --cursor=")) == (0, True)
    assert [each["session_id"] for each in page["items"]] == opened[:1]
    assert "--cursor" not in terminal.run("sessions")[1]
    for session in opened:
        terminal.run("session", "close", session)


def test_workflows_and_events_go_on_where_a_page_ended(desk: Desk, terminal: Terminal) -> None:
    app = str(APPS / "flask")
    ids = [terminal.json("deploy", app, "--name", n)[1]["workflow_id"] for n in ("one", "two")]
    assert desk.system.wait_idle(20)

    listed = terminal.run("list", "--limit", "1")[1].splitlines()
    events = terminal.run("history", ids[0], "--limit", "1")[1].splitlines()
    assert ids[1] in listed[1]
    assert ids[0] in terminal.run("list", "--limit", "1", listed[2].split()[-1])[1]
    later = terminal.run("history", ids[0], "--limit", "1", events[2].split()[-1])[1]

    assert (events[1][0], later.splitlines()[1][0]) == ("1", "2")


def test_ids_and_labels_are_checked_when_they_are_typed(terminal: Terminal) -> None:
    assert terminal.json("session", "close", "wf_teatime12")[0] == 3
    assert terminal.json("list", "--session", "wf_teatime12")[0] == 3
    assert terminal.json("list", "--session", "se_x")[0] == 3
    assert terminal.json("list", "--session", "se_teatime12")[1]["items"] == []
    assert terminal.json("session", "open", "--label", "branch")[0] == 3
    assert terminal.json("session", "close", "se_teatime12")[0] == 3


def test_defaults_are_set_shown_and_taken_unless_something_is_said(
    desk: Desk, terminal: Terminal, tmp_path: Path
) -> None:
    file = tmp_path / "defaults.json"
    file.write_text(json.dumps({"defaults": {"app": {"replicas": 2, "namespace": "team"}}}))
    app = str(APPS / "flask")

    code, told = terminal.json("config", "set", str(file))
    assert (code, told["version"]) == (0, 1)
    assert desk.system.wait_idle(20)
    assert terminal.json("config")[1] == told
    assert 'app.namespace  "team"' in terminal.run("config")[1]
    _, view = terminal.json("deploy", app, "--name", "defaulted", "--replicas", "1")

    assert view["request"]["app"]["namespace"] == "team"
    assert view["request"]["app"]["replicas"] == 1
    assert view["defaults"] == {"config_version": 1, "fields": ["app.namespace"]}
    assert terminal.run("config", "set", str(tmp_path / "nowhere.json"))[0] == 3


def test_defaults_are_read_from_standard_input(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO('{"app": {"replicas": 3}}'))

    code, told = terminal.json("config", "set", "-")

    assert (code, told["defaults"]["app"]["replicas"]) == (0, 3)
