"""The command `slipway`."""

import sys
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    import typer


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
        usage = cast("_Usage", error)
        if not sys.argv[1:]:
            usage.show()
            sys.exit(Exit.DONE)
        verb = usage.ctx.info_name if usage.ctx and usage.ctx.parent else None
        ask = f"slipway {verb} --help" if verb else "slipway --help"
        said = usage.format_message().rstrip(".")
        tell(Stop(Exit.BAD_INPUT, said, fix=f"see `{ask}`", code="invalid_usage"))
        sys.exit(Exit.BAD_INPUT)


class _Usage(Protocol):
    """What every error of a command line tells; the public base class does not say so."""

    @property
    def ctx(self) -> "typer.Context | None": ...

    def format_message(self) -> str: ...

    def show(self) -> None: ...
