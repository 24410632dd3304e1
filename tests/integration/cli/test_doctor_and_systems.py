"""`doctor` says which system the other verbs would talk to, and whether that one answers."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.integration.operating.desk import REGISTRY, Desk, operating
from tests.shell import Shell

from slipway.settings import Settings
from slipway_local.state import Running, announced, only_one

SECRET = "not-for-anybodys-eyes"


@pytest.fixture(scope="module")
def desk(state: Path) -> Iterator[Desk]:
    with operating(state) as desk:
        yield desk


def test_where_nothing_runs_doctor_says_so_and_finds_no_fault_in_it(shell: Shell) -> None:
    done = shell.run("doctor", "--json")

    (system,) = json.loads(done.stdout)["systems"]
    assert (done.returncode, system["state"], system["url"]) == (0, "missing", None)
    assert "slipway up" in system["fix"]


def test_doctor_names_the_system_that_runs_and_what_it_acts_on(
    desk: Desk, state: Path, shell: Shell
) -> None:
    told = json.loads(shell.run("doctor", "--json", SLIPWAY_STATE=str(state)).stdout)

    (system,) = told["systems"]
    assert (system["state"], system["url"]) == ("ok", desk.system.url)
    assert system["rehearsal"] is False
    assert "REAL: the running system acts on engine" in system["detail"]
    assert REGISTRY in system["detail"]
    (row,) = _rows(shell.run("doctor", SLIPWAY_STATE=str(state)).stdout, "running system")
    assert desk.system.url in row


def test_doctor_says_that_a_system_is_named_and_that_it_answers(desk: Desk, shell: Shell) -> None:
    named = {"SLIPWAY_URL": desk.system.url, "SLIPWAY_TOKEN": desk.system.token}

    done = shell.run("doctor", "--json", **named)

    system, local = json.loads(done.stdout)["systems"]
    assert (system["part"], system["state"]) == ("SLIPWAY_URL", "ok")
    assert (system["url"], system["rehearsal"]) == (desk.system.url, False)
    assert local["state"] == "missing"
    assert desk.system.token not in done.stdout + done.stderr


def test_a_named_system_that_does_not_answer_is_unreachable(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nowhere = f"http://127.0.0.1:{taken.getsockname()[1]}"

    done = shell.run("doctor", "--json", SLIPWAY_URL=nowhere)

    told = json.loads(done.stdout)
    assert (done.returncode, told["ok"]) == (4, False)
    assert told["systems"][0]["state"] == "unreachable"
    assert nowhere in told["systems"][0]["detail"]


def test_a_token_that_can_be_none_is_unusable_and_not_shown(desk: Desk, shell: Shell) -> None:
    named = {"SLIPWAY_URL": desk.system.url, "SLIPWAY_TOKEN": f"two {SECRET}"}

    done = shell.run("doctor", "--json", **named)

    system, _ = json.loads(done.stdout)["systems"]
    assert (done.returncode, system["state"]) == (3, "unusable")
    assert "SLIPWAY_TOKEN" in system["detail"]
    assert SECRET not in done.stdout + done.stderr


def test_a_system_that_runs_and_does_not_answer_is_unreachable(
    shell: Shell, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nowhere = f"http://127.0.0.1:{taken.getsockname()[1]}"
    hung = Running(nowhere, SECRET, pid=1, acts_on={})

    with only_one(Settings(state=str(tmp_path / "state"))) as folder, announced(folder, hung):
        done = shell.run("doctor", "--json")

    (system,) = json.loads(done.stdout)["systems"]
    assert (done.returncode, system["state"]) == (4, "unreachable")
    assert system["detail"] == f"cannot connect to {nowhere}"
    assert SECRET not in done.stdout + done.stderr


def test_a_note_of_a_running_system_that_is_damaged_is_named(shell: Shell, tmp_path: Path) -> None:
    with only_one(Settings(state=str(tmp_path / "state"))) as folder:
        (folder / "up.json").write_text("tea leaves")
        done = shell.run("doctor", "--json")

    (system,) = json.loads(done.stdout)["systems"]
    assert (done.returncode, system["state"]) == (3, "unusable")
    assert "up.json" in system["detail"]


def _rows(told: str, part: str) -> list[Any]:
    return [line for line in told.splitlines() if part in line]
