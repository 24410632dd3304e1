"""The operator's verbs at the terminal, on a running system whose registry can be taken away."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from tests.integration.operating.desk import Desk, operating

from slipway_local import cli


class Terminal:
    """Runs `slipway …` in this process, against the desk's system."""

    def __init__(
        self, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch, desk: Desk
    ) -> None:
        self._capsys, self._patch = capsys, patch
        patch.setenv("SLIPWAY_URL", desk.system.url)
        patch.setenv("SLIPWAY_TOKEN", desk.system.token)

    def run(self, *arguments: str) -> tuple[int, str]:
        """The exit code, and what went to standard output."""
        self._patch.setattr(sys, "argv", ["slipway", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0), self._capsys.readouterr().out

    def json(self, *arguments: str) -> tuple[int, Any]:
        code, text = self.run(*arguments, "--json")
        return code, json.loads(text)


@pytest.fixture(scope="module")
def _desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with operating(tmp_path_factory.mktemp("state")) as desk:
        yield desk


@pytest.fixture
def desk(_desk: Desk) -> Iterator[Desk]:
    yield _desk
    _desk.trouble.mend()


@pytest.fixture
def terminal(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Terminal:
    return Terminal(capsys, monkeypatch, desk)


def parked(desk: Desk, app: str) -> str:
    desk.trouble.crashes = True
    desk.trouble.away.add("delete registry.")
    return str(desk.run(app)["workflow_id"])


@pytest.mark.parametrize("verb", ["status", "watch"])
def test_a_parked_workflow_ends_with_two_and_says_what_to_do(
    desk: Desk, terminal: Terminal, verb: str
) -> None:
    workflow = parked(desk, f"parked-{verb}")

    code, text = terminal.run(verb, workflow)

    assert code == 2
    assert f"slipway resolve {workflow} push_image retry" in text


def test_an_operator_mends_and_resolves(desk: Desk, terminal: Terminal) -> None:
    workflow = parked(desk, "mended")
    desk.trouble.mend()

    code, accepted = terminal.json("resolve", workflow, "push_image", "retry")

    assert (code, accepted["workflow_id"]) == (0, workflow)
    desk.end(workflow)
    assert terminal.run("watch", workflow)[0] == 1


def test_a_skip_needs_its_reason_and_leaves_a_leftover(desk: Desk, terminal: Terminal) -> None:
    workflow = parked(desk, "skipped")

    code, told = terminal.json("resolve", workflow, "push_image", "skip")
    assert (code, told["error"]["code"]) == (3, "invalid_request")
    code, _ = terminal.json("resolve", workflow, "push_image", "skip", "--reason", "retired")

    assert code == 0
    desk.end(workflow)
    assert terminal.run("watch", workflow)[0] == 2
    code, text = terminal.run("status", workflow)
    assert code == 2
    assert "left over" in text
    code, receipt = terminal.json("receipt", workflow)
    assert (code, receipt["clean"]) == (2, False)


def test_what_is_not_parked_cannot_be_resolved(desk: Desk, terminal: Terminal) -> None:
    workflow = str(desk.run("healthy")["workflow_id"])

    assert terminal.json("resolve", workflow, "push_image", "retry")[0] == 5
    assert terminal.json("resolve", workflow, "paint_image", "retry")[0] == 3
    assert terminal.run("resolve", workflow, "push_image", "perhaps")[0] == 3


def test_a_rollback_is_looked_at_first_and_then_followed_to_its_end(
    desk: Desk, terminal: Terminal
) -> None:
    workflow = str(desk.run("shop")["workflow_id"])

    code, text = terminal.run("undo-plan", workflow)
    assert code == 0
    assert "undo with slipway rollback" in text
    code, plan = terminal.json("undo-plan", workflow)
    assert (code, plan["possible"]) == (0, True)
    code, view = terminal.json("rollback", workflow, "--reason", "wrong season")

    assert (code, view["status"]) == (0, "COMPENSATED")
    assert terminal.run("rollback", workflow)[0] == 5
    assert terminal.json("undo-plan", workflow)[1]["possible"] is False


def test_a_rollback_need_not_be_waited_for(desk: Desk, terminal: Terminal) -> None:
    workflow = str(desk.run("detached")["workflow_id"])

    code, accepted = terminal.json("rollback", workflow, "--detach")

    assert (code, accepted["workflow_id"]) == (0, workflow)
    assert desk.end(workflow)["status"] == "COMPENSATED"


def test_a_version_below_a_newer_one_is_refused_with_its_name(
    desk: Desk, terminal: Terminal
) -> None:
    first, second = (str(desk.run("layered")["workflow_id"]) for _ in range(2))

    code, told = terminal.json("rollback", first)

    assert (code, told["error"]["code"]) == (5, "superseded")
    assert second in told["error"]["message"]


def test_what_is_under_way_is_told_with_its_version(desk: Desk, terminal: Terminal) -> None:
    workflow = parked(desk, "under-way")

    code, told = terminal.json("drain")

    assert code == 0
    assert not told["drained"]
    found = {each["workflow_id"]: each for each in told["items"]}
    assert found[workflow]["status"] == "PARKED"
    assert told["versions"][found[workflow]["definition_version"]] == len(told["items"])
    assert workflow in terminal.run("drain")[1]


def test_another_token_than_the_systems_is_refused_with_the_fix(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLIPWAY_TOKEN", "somebody-elses")

    code, told = terminal.json("list")

    assert (code, told["error"]["code"]) == (5, "unauthenticated")
    assert "unset SLIPWAY_URL" in told["error"]["fix"]


def test_the_lists_of_other_owners_are_there_for_whoever_runs_the_system(
    terminal: Terminal, desk: Desk
) -> None:
    desk.run("listed")

    code, mine = terminal.json("list", "--owner", "local")

    assert (code, mine) == terminal.json("list")
    assert terminal.json("list", "--owner", "anna")[1]["items"] == []
