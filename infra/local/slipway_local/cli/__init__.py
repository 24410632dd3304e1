"""The command `slipway`."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slipway_local.cli.exits import Stop


def main() -> None:
    """Every error that a command foresees is one line and an exit code."""
    from slipway_local.cli.app import app
    from slipway_local.cli.exits import Stop

    try:
        app()
    except Stop as stop:
        _tell(stop)
        sys.exit(stop.exit_code)


def _tell(stop: "Stop") -> None:
    import json

    if "--json" in sys.argv:
        told = {"error": {"code": stop.code, "message": stop.message, "fix": stop.fix}}
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
    sys.stderr.write(f"slipway: {stop.line}\n")
