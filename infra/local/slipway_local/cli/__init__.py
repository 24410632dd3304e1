"""The command `slipway`."""

import sys
from typing import Protocol, cast


def main() -> None:
    """Every error that a command foresees is one line and an exit code."""
    import typer

    from slipway_local.cli.app import app
    from slipway_local.cli.exits import Exit, Stop, tell
    from slipway_local.cli.interrupts import heed_signals

    heed_signals()
    try:
        sys.exit(app(standalone_mode=False))
    except Stop as stop:
        tell(stop)
        sys.exit(stop.exit_code)
    except typer.Abort:
        tell(Stop(Exit.INTERRUPTED, "interrupted", code="interrupted"))
        sys.exit(Exit.INTERRUPTED)
    except typer.TyperException as error:
        # A typo is bad input; typer's own code for it means something else here. No words: help.
        cast("_Shown", error).show()
        sys.exit(Exit.BAD_INPUT if sys.argv[1:] else Exit.DONE)


class _Shown(Protocol):
    """What every error of a command line can do; the public base class does not say so."""

    def show(self) -> None: ...
