"""`slipway plan` is completed as `deploy` would be: by the defaults of the system that runs."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.cli.planned import FIELDS, SET, deployed
from tests.integration.operating.desk import Desk, operating
from tests.shell import APPS, Shell


@pytest.fixture(scope="module")
def desk(state: Path) -> Iterator[Desk]:
    with operating(state) as desk:
        desk.client.put("/config", {"defaults": SET})
        assert desk.system.wait_idle(20)
        yield desk


@pytest.fixture(params=["in the state folder", "at SLIPWAY_URL"])
def asked(request: pytest.FixtureRequest, desk: Desk, state: Path, shell: Shell) -> Shell:
    """A shell that talks to the desk's system, found in one of two ways."""
    told = {"SLIPWAY_URL": desk.system.url, "SLIPWAY_TOKEN": desk.system.token}
    shell.environment |= told if "URL" in request.param else {"SLIPWAY_STATE": str(state)}
    return shell


def test_a_plan_has_the_defaults_of_the_system_that_runs_and_names_them(asked: Shell) -> None:
    planned = asked.run("plan", APPS / "flask", "--name", "shop", "--json")

    told = json.loads(planned.stdout)
    assert deployed(told) == ("team", 3, "registry.test:5000/acme/shop")
    assert told["defaults"] == {"config_version": 1, "fields": FIELDS}
    said = asked.run("plan", APPS / "flask", "--name", "shop").stdout.splitlines()
    assert f"defaults {', '.join(FIELDS)}; slipway config" in said


def test_what_a_plan_is_told_counts_more_than_a_default(asked: Shell) -> None:
    planned = asked.run("plan", APPS / "flask", "--name", "shop", "--namespace", "mine", "--json")

    told = json.loads(planned.stdout)
    assert deployed(told)[0] == "mine"
    assert "app.namespace" not in told["defaults"]["fields"]


def test_a_plan_of_a_running_system_changes_nothing_there(desk: Desk, asked: Shell) -> None:
    before = desk.outside(), desk.client.get("/workflows"), desk.client.get("/config")

    asked.run("plan", APPS / "flask")

    assert (desk.outside(), desk.client.get("/workflows"), desk.client.get("/config")) == before


def test_defaults_that_cannot_be_asked_for_are_no_reason_not_to_plan(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nowhere = f"http://127.0.0.1:{taken.getsockname()[1]}"

    planned = shell.run("plan", APPS / "flask", "--json", SLIPWAY_URL=nowhere)

    assert planned.returncode == 0, planned.stderr
    assert "planned without your defaults" in planned.stderr
    assert nowhere in planned.stderr
    assert "defaults" not in json.loads(planned.stdout)


def test_a_state_that_is_damaged_is_no_reason_not_to_plan(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "system.sqlite3").write_bytes(b"tea leaves" * 500)

    planned = shell.run("plan", APPS / "flask")

    assert planned.returncode == 0, planned.stderr
    assert "planned without your defaults" in planned.stderr
    assert "damaged" in planned.stderr
