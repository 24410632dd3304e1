"""`make demo`: a real application becomes a service, its broken twin becomes nothing."""

import sys
from pathlib import Path

from slipway_local.cli.client import Client
from slipway_local.cli.connection import read_settings, started
from slipway_local.cli.deploying import Wish, deploy_on
from slipway_local.cli.exits import Exit, Stop
from slipway_local.cli.output import Output

APPS = Path(__file__).resolve().parents[3] / "tests" / "apps"


def main() -> int:
    output = Output()
    try:
        return _demo(output)
    except Stop as stop:
        output.note(f"demo: {stop.line}")
        return stop.exit_code


def _demo(output: Output) -> int:
    with started(read_settings()) as system:
        for line in system.rehearsal_lines:
            output.note(line)
        client = Client(system.url, system.token)
        good = Wish(APPS / "flask", name="demo-shop", namespace="slipway-demo")
        bad = Wish(APPS / "crashes", name="demo-broken", namespace="slipway-demo-broken")
        output.note("\n[bold]1. a Flask application becomes a service[/]")
        first = deploy_on(client, good, output)
        output.note("\n[bold]2. one that crashes becomes nothing[/]")
        second = deploy_on(client, bad, output)
        client.close()
    return 0 if (first, second) == (Exit.DONE, Exit.ROLLED_BACK) else 1


if __name__ == "__main__":
    sys.exit(main())
