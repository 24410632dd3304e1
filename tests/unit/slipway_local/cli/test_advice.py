"""What a person is told to do next can be done."""

from dataclasses import dataclass
from typing import Any

import pytest

from slipway.saga.environment import Environment
from slipway.saga.errors import Rejected
from slipway_local.cli.client import Client
from slipway_local.cli.deploying import follow_to_end
from slipway_local.cli.exits import CliError
from slipway_local.cli.follow import Follower
from slipway_local.cli.output import Output
from slipway_local.cli.reading import log_lines
from slipway_local.cli.summary import summary

REAL = {"engine": "unix:///run/docker.sock", "cluster": "https://blue.example"}
REHEARSED = {"engine": "in memory", "cluster": "in memory"}


@dataclass(frozen=True)
class Deployed:
    world: dict[str, str]
    rehearsal: bool


def _view(world: dict[str, str] | None, *, rehearsal: bool) -> dict[str, Any]:
    service = {"namespace": "shop", "name": "shop", "port": 80}
    told = {"workflow_id": "wf_1", "status": "COMPLETED", "steps": [], "service": service}
    return {**told, "world": world, "rehearsal": rehearsal}


@pytest.mark.parametrize(
    ("world", "rehearsal", "reachable"),
    [
        (REAL, False, True),
        (None, False, True),
        (REHEARSED, True, False),
        ({**REAL, "cluster": "in memory"}, True, False),
        (None, True, False),
    ],
)
def test_nobody_is_sent_with_kubectl_to_a_service_in_memory(
    world: dict[str, str] | None, rehearsal: bool, reachable: bool
) -> None:
    (line,) = [s for s in map(str, summary(_view(world, rehearsal=rehearsal))) if "service" in s]

    assert line.startswith("service  shop/shop port 80")
    assert ("kubectl" in line) is reachable


@pytest.mark.parametrize("undoing", [True, False])
def test_who_leaves_an_undo_is_not_told_to_cancel_it(
    monkeypatch: pytest.MonkeyPatch, undoing: bool
) -> None:
    def interrupted(_: Follower, _since: int | None = None) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Follower, "to_end", interrupted)

    with pytest.raises(CliError) as stop:
        follow_to_end(Client("http://127.0.0.1:9"), "wf_1", Output(), undoing=undoing)

    assert "slipway watch wf_1" in str(stop.value.fix)
    assert ("cancel" in str(stop.value.fix)) is not undoing


def test_a_log_is_shown_as_it_is_without_what_steers_a_terminal() -> None:
    lines = log_lines("build_image", "FROM a\n  RUN b\n\x1b[2Jdone\n\n")

    assert lines == ["[bold]== build_image[/]", "FROM a", "  RUN b", "done"]


@pytest.mark.parametrize(
    ("world", "rehearsal", "fix"),
    [
        (REHEARSED, True, "SLIPWAY_REGISTRY unset"),
        ({**REAL, "cluster": "in memory"}, True, "KUBECONFIG and SLIPWAY_REGISTRY"),
        ({**REAL, "engine": "tcp://green.example"}, False, "KUBECONFIG and SLIPWAY_REGISTRY"),
    ],
)
def test_whose_world_is_another_one_is_told_how_to_get_there(
    world: dict[str, str], rehearsal: bool, fix: str
) -> None:
    there = Deployed(world, rehearsal)

    with pytest.raises(Rejected) as refused:
        Environment(REAL).check(there)

    assert fix in str(refused.value.fix)
