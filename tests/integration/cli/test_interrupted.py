"""A command is ended in the middle: nothing is left behind, or it says what is."""

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.shell import WITHIN_S, Shell

ASKING = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
Process = subprocess.Popen[str]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Its build takes longer than any test."""
    folder = tmp_path / "slow"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM busybox:1.37\nRUN sleep 900\nCMD ['sh']\n")
    return folder


@contextmanager
def begun(shell: Shell, *arguments: str | Path, result: Path) -> Iterator[Process]:
    with (
        result.open("w") as told,
        subprocess.Popen(
            shell.command(*arguments),
            env=shell.environment,
            stdout=told,
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def hear(process: Process, words: str) -> str:
    """The first line that says so."""
    assert process.stderr is not None
    heard = []
    for line in process.stderr:
        heard.append(line)
        if words in line:
            return line
    raise AssertionError("".join(heard))


def rest(process: Process) -> str:
    assert process.stderr is not None
    return process.stderr.read()


@pytest.mark.parametrize("asked", ASKING)
def test_a_deploy_that_is_asked_to_end_undoes_what_it_did_and_shows_the_receipt(
    shell: Shell, source: Path, tmp_path: Path, asked: signal.Signals
) -> None:
    result = tmp_path / "result"
    with begun(shell, "deploy", source, "--json", result=result) as process:
        hear(process, "analyze_repository")
        process.send_signal(asked)
        said = rest(process)
        code = process.wait(WITHIN_S)

    view = json.loads(result.read_text())
    assert (code, view["status"]) == (1, "COMPENSATED"), said
    assert view["receipt"]["clean"] is True
    assert "cancelling" in said


def test_a_terminal_that_closes_takes_the_words_along_and_not_the_undo(
    shell: Shell, source: Path, tmp_path: Path
) -> None:
    result = tmp_path / "result"
    with begun(shell, "deploy", source, result=result) as process:
        hear(process, "analyze_repository")
        assert process.stderr is not None
        process.stderr.close()
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGHUP)
        code = process.wait(WITHIN_S)

    assert code == 1
    assert "nothing left" in result.read_text()


def test_a_second_ctrl_c_leaves_the_undo_to_the_next_command_as_it_says(
    shell: Shell, tmp_path: Path, source: Path
) -> None:
    result = tmp_path / "result"
    with begun(shell, "deploy", source, "--json", result=result) as process:
        workflow_id = hear(process, "workflow wf_").split()[-1]
        hear(process, "analyze_repository")
        process.send_signal(signal.SIGINT)
        assert "`slipway up`, `deploy` or `sweep`" in hear(process, "cancelling")
        process.send_signal(signal.SIGINT)
        said = rest(process)
        code = process.wait(WITHIN_S)

    assert (code, json.loads(result.read_text())["error"]["code"]) == (130, "interrupted")
    assert "Traceback" not in said
    assert shell.run("sweep").returncode == 0
    view = json.loads(shell.run("status", workflow_id, "--json").stdout)
    assert (view["status"], view["receipt"]["clean"]) == ("COMPENSATED", True)


@pytest.mark.parametrize("asked", ASKING)
def test_a_system_that_is_asked_to_end_cancels_what_runs_and_says_so(
    shell: Shell, source: Path, tmp_path: Path, asked: signal.Signals
) -> None:
    with begun(shell, "up", "--port", "0", result=tmp_path / "result") as up:
        hear(up, "set SLIPWAY_REGISTRY")
        deployed = shell.run("deploy", source, "--detach", "--json")
        workflow_id = json.loads(deployed.stdout)["workflow_id"]
        up.send_signal(asked)
        said = rest(up)
        code = up.wait(WITHIN_S)

    assert (code, f"cancelling {workflow_id}" in said) == (0, True), said
    view = json.loads(shell.run("status", workflow_id, "--json").stdout)
    assert (view["status"], view["receipt"]["clean"]) == ("COMPENSATED", True)


def test_who_stops_watching_stops_nothing_else(shell: Shell, source: Path, tmp_path: Path) -> None:
    with begun(shell, "up", "--port", "0", result=tmp_path / "result") as up:
        hear(up, "set SLIPWAY_REGISTRY")
        deployed = shell.run("deploy", source, "--detach", "--json")
        workflow_id = json.loads(deployed.stdout)["workflow_id"]
        with begun(shell, "watch", workflow_id, result=tmp_path / "seen") as watching:
            hear(watching, "analyze_repository")
            watching.send_signal(signal.SIGTERM)
            said = rest(watching)
            assert watching.wait(WITHIN_S) == 130
        view = json.loads(shell.run("status", workflow_id, "--json").stdout)

    assert "continues" in said
    assert (view["status"], view["cancel"]) == ("RUNNING", None)
