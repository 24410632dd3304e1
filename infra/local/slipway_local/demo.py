"""`make demo`: deploys a working application, and rolls back one that crashes."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from slipway.settings import Settings
from slipway_local.cli.client import Client
from slipway_local.cli.connection import read_settings, started
from slipway_local.cli.deploying import DeployRequest, deploy_on
from slipway_local.cli.exits import CliError, Exit
from slipway_local.cli.output import Output
from slipway_local.engines.probe import Unreachable, look
from slipway_local.state import state_folder
from slipway_local.system import Options

APPS = Path(__file__).resolve().parents[3] / "tests" / "apps"
GOOD = DeployRequest(APPS / "flask", name="demo-shop", namespace="slipway-demo")
BAD = DeployRequest(APPS / "crashes", name="demo-broken", namespace="slipway-demo-broken")


def main() -> int:
    output = Output()
    try:
        return _demo(output)
    except CliError as stop:
        output.note(f"demo: {stop.line}")
        return stop.exit_code


def _demo(output: Output) -> int:
    settings = _apart(read_settings())
    with started(settings, _options(settings)) as system:
        for line in system.rehearsal_lines:
            output.note(line)
        client = Client(system.url, system.token)
        output.note("\n[bold]1. a Flask application becomes a service[/]")
        first = deploy_on(client, GOOD, output)
        output.note("\n[bold]2. one that crashes becomes nothing[/]")
        second = deploy_on(client, BAD, output)
        client.close()
        if not system.rehearsal and first is Exit.DONE:
            output.note(f"\nthe first one keeps running: kubectl delete namespace {GOOD.namespace}")
    return 0 if (first, second) == (Exit.DONE, Exit.ROLLED_BACK) else 1


def _apart(settings: Settings) -> Settings:
    """Use a separate state folder, as the user's own system may be running."""
    return settings.model_copy(update={"state": str(state_folder(settings) / "demo")})


def _options(settings: Settings) -> Options:
    """The in-memory cluster runs no processes, so its stand-in is given the failing rollout."""
    try:
        rehearsal = look(settings)
    except Unreachable as error:
        raise CliError(Exit.UNREACHABLE, str(error), fix=error.fix) from None
    if "cluster" not in rehearsal.parts:
        return Options(rehearsal=rehearsal)
    from slipway.adapters.memory.cluster import MemoryCluster  # noqa: PLC0415  (rehearsals only)

    return Options(rehearsal=rehearsal, ports={"cluster": MemoryCluster(rollouts=_rollout)})


def _rollout(deployment: Mapping[str, Any]) -> tuple[str, str] | None:
    if deployment["metadata"]["name"] == BAD.name:
        return "crash_loop", "the application keeps exiting (rehearsed)"
    return None


if __name__ == "__main__":
    sys.exit(main())
