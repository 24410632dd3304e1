"""Which world a running system acts on, and whether this shell means another one."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from slipway.settings import Settings
from slipway_local.cli.exits import CliError, Exit
from slipway_local.cli.output import Output
from slipway_local.cli.worlds import tell_world
from slipway_local.engines.probe import IN_MEMORY

REAL = {
    "engine": "tcp://127.0.0.1:2375",
    "cluster": "https://blue.example:6443",
    "registry": "127.0.0.1:5000/apps",
}
REHEARSED = dict.fromkeys(REAL, IN_MEMORY)
STRANGE = {"registry": "ghcr.io/apps", "engine": "tcp://10.0.0.7:2375", "cluster": "green"}


def _kubeconfig(folder: Path, server: str) -> str:
    cluster = {"name": "c", "cluster": {"server": server}}
    context = {"name": "c", "context": {"cluster": "c", "user": "c"}}
    told = {"current-context": "c", "clusters": [cluster], "contexts": [context]}
    (folder / "config").write_text(json.dumps(told))
    return str(folder / "config")


def _told(there: dict[str, str], settings: Settings) -> str:
    screen = io.StringIO()
    tell_world(there, settings, Output(progress=Console(file=screen, width=200)))
    return screen.getvalue()


def test_who_sets_nothing_is_told_that_it_is_real() -> None:
    told = _told(REAL, Settings())

    assert told.startswith("REAL: the running system acts on engine tcp://127.0.0.1:2375, cluster")
    assert "although SLIPWAY_REGISTRY is unset here" in told


def test_who_means_the_same_world_is_told_which(tmp_path: Path) -> None:
    same = Settings(
        registry=REAL["registry"],
        docker_host="tcp://localhost:2375",
        kubeconfig=_kubeconfig(tmp_path, "https://blue.example:6443/"),
    )

    told = _told(REAL, same)

    assert "registry 127.0.0.1:5000/apps" in told
    assert "although" not in told


@pytest.mark.parametrize(
    ("part", "setting"),
    [("registry", "SLIPWAY_REGISTRY"), ("engine", "DOCKER_HOST"), ("cluster", "KUBECONFIG")],
)
def test_who_means_another_world_is_refused_with_the_setting(
    tmp_path: Path, part: str, setting: str
) -> None:
    given = {
        "registry": Settings(registry=STRANGE["registry"]),
        "engine": Settings(docker_host=STRANGE["engine"]),
        "cluster": Settings(kubeconfig=_kubeconfig(tmp_path, "https://green.example")),
    }[part]

    with pytest.raises(CliError, match=setting) as stop:
        _told(REAL, given)

    assert (stop.value.exit_code, stop.value.code) == (Exit.REFUSED, "other_world")
    assert REAL[part] in stop.value.message


def test_a_rehearsal_is_no_other_world_for_who_would_rehearse_too() -> None:
    told = _told(REHEARSED, Settings(docker_host=STRANGE["engine"]))

    assert told == "REHEARSAL: engine, cluster, registry of the running system in memory\n"


def test_a_rehearsal_is_another_world_for_who_names_a_registry() -> None:
    with pytest.raises(CliError, match="acts on registry in memory"):
        _told(REHEARSED, Settings(registry=REAL["registry"]))


def test_a_cluster_in_memory_beside_a_real_engine_is_said() -> None:
    told = _told({**REAL, "cluster": IN_MEMORY}, Settings(registry=REAL["registry"]))

    assert [line.partition(":")[0] for line in told.splitlines()] == ["REHEARSAL", "REAL"]
