"""Two commands, one state folder: the second uses the system of the first, and outlives it."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from tests.integration.cli.test_far_away import LOST, Stack, serving
from tests.integration.cli.test_interrupted import begun, hear, rest, source
from tests.shell import APPS, WITHIN_S, Shell

from slipway.settings import Settings
from slipway_local.cli.client import Client, Place
from slipway_local.cli.connection import own_system
from slipway_local.cli.exits import CliError, Exit
from slipway_local.cli.output import Output

__all__ = ["source"]


@pytest.fixture
def pair() -> Iterator[tuple[Stack, Stack]]:
    with ExitStack() as stack:
        old, new = (stack.enter_context(serving(Stack())) for _ in range(2))
        yield old, new


def test_whose_system_is_killed_goes_on_alone_and_reads_the_end(
    shell: Shell, source: Path, tmp_path: Path
) -> None:
    result = tmp_path / "result"
    with ExitStack() as stack:
        up = stack.enter_context(begun(shell, "up", "--port", "0", result=tmp_path / "up"))
        hear(up, "set SLIPWAY_REGISTRY")
        deploy = stack.enter_context(begun(shell, "deploy", source, "--json", result=result))
        hear(deploy, "analyze_repository")
        up.kill()
        said = rest(deploy)
        code = deploy.wait(WITHIN_S)

    view = json.loads(result.read_text())
    assert (code, view["status"]) == (1, "COMPENSATED"), said
    assert "the system of another command has ended" in said
    assert "rescuing interrupted executions: 1" in said


def test_two_that_begin_at_the_same_moment_share_the_system_of_the_quicker(
    shell: Shell, tmp_path: Path
) -> None:
    apps = [APPS / "static", APPS / "go"]
    with ExitStack() as stack:
        both = [
            stack.enter_context(begun(shell, "deploy", app, result=tmp_path / app.name))
            for app in apps
        ]
        ends = [(rest(each), each.wait(WITHIN_S)) for each in both]

    assert [code for _, code in ends] == [0, 0], ends
    assert all("COMPLETED" in (tmp_path / app.name).read_text() for app in apps)


def test_a_request_goes_to_the_successor_with_the_key_that_it_had(
    pair: tuple[Stack, Stack],
) -> None:
    old, new = pair
    old.answers, new.answers = [LOST], [202]
    there = Place(new.url, "other", ends_with_us=True)

    with closing(Client(old.url, "t0ken", successor=lambda _: there)) as client:
        assert client.post("/workflows", {"app": {"name": "shop"}})["detail"] == "told 202"

        assert (client.url, client.ends_with_us) == (new.url, True)
    assert old.asked == new.asked


def test_without_a_successor_the_trouble_is_told(pair: tuple[Stack, Stack]) -> None:
    old, _ = pair
    old.answers = [LOST]

    with (
        closing(Client(old.url, "t0ken", successor=lambda _: None)) as client,
        pytest.raises(CliError) as stop,
    ):
        client.get("/workflows")

    assert stop.value.code == "no_answer"


def test_a_refused_command_ends_its_system_after_what_others_run_there(
    shell: Shell, source: Path, tmp_path: Path
) -> None:
    settings, result = Settings.read(shell.environment), tmp_path / "result"
    (source / "Dockerfile").write_text("FROM busybox:1.37\nRUN sleep 3\nCMD ['sh']\n")
    with ExitStack() as stack:

        def refused() -> None:
            with own_system(settings, Output(as_json=True)):
                deploy = begun(shell, "deploy", source, "--json", result=result)
                others.append(stack.enter_context(deploy))
                hear(others[0], "analyze_repository")
                raise CliError(Exit.REFUSED, "no")

        others = list[subprocess.Popen[str]]()
        with pytest.raises(CliError, match="no"):
            refused()
        said = rest(others[0])
        code = others[0].wait(WITHIN_S)

    assert (code, json.loads(result.read_text())["status"]) == (0, "COMPLETED"), said
