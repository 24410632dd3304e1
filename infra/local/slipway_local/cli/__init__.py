"""The command `slipway`."""

import sys
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from slipway_local.cli.exits import Stop


def main() -> None:
    """Every error that a command foresees is one line and an exit code."""
    import typer

    from slipway_local.cli.app import app
    from slipway_local.cli.exits import Exit, Stop

    try:
        sys.exit(app(standalone_mode=False))
    except Stop as stop:
        _tell(stop)
        sys.exit(stop.exit_code)
    except typer.Abort:
        sys.exit(130)
    except typer.TyperException as error:
        # A typo is bad input; typer's own code for it means something else here. No words: help.
        cast("_Shown", error).show()
        sys.exit(Exit.BAD_INPUT if sys.argv[1:] else Exit.DONE)


class _Shown(Protocol):
    """What every error of a command line can do; the public base class does not say so."""

    def show(self) -> None: ...


def _tell(stop: "Stop") -> None:
    import json

    from slipway_local.cli.terminal import harmless

    if "--json" in sys.argv:
        told = {"error": {"code": stop.code, "message": stop.message, "fix": stop.fix}}
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
    sys.stderr.write(f"slipway: {harmless(stop.line)}\n")
