"""Run a command, and turn every error into an exit code and one line on standard error."""

import sys
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, cast

from slipway_local.cli.exits import CliError, Exit, tell
from slipway_local.cli.interrupts import heed_signals
from slipway_local.cli.streams import keep_streams

if TYPE_CHECKING:
    import typer

_LOOK = "check workflows with `slipway list` or `slipway status ID`"


def run() -> int:
    """Run the command of `sys.argv`, and return its exit code."""
    heed_signals()
    result = keep_streams()
    code = _code()
    sys.stdout.flush()
    if result is None or result.failed is None:
        return code
    said = f"the result cannot be written to standard output ({result.failed.strerror})"
    return _reported(CliError(Exit.UNTOLD, said, fix=_LOOK, code="untold"))


def _code() -> int:
    import typer

    from slipway_local.cli.app import app

    try:
        return int(app(standalone_mode=False) or Exit.DONE)
    except CliError as stop:
        return _reported(stop)
    except typer.Abort:
        return _reported(CliError(Exit.INTERRUPTED, "interrupted", code="interrupted"))
    except typer.TyperException as error:
        return _misused(cast("_Usage", error))
    except Exception as error:  # noqa: BLE001  (the outermost handler)
        return _reported(_defect(error))


def _reported(stop: CliError) -> int:
    tell(stop)
    return stop.exit_code


def _misused(usage: "_Usage") -> int:
    """Return BAD_INPUT: typer's code for usage errors, 2, is LEFTOVERS here. No arguments: help."""
    if not sys.argv[1:]:
        usage.show()
        return Exit.DONE
    verb = usage.ctx.info_name if usage.ctx and usage.ctx.parent else None
    ask = f"slipway {verb} --help" if verb else "slipway --help"
    said = usage.format_message().rstrip(".")
    return _reported(CliError(Exit.BAD_INPUT, said, fix=f"see `{ask}`", code="invalid_usage"))


def _defect(error: Exception) -> CliError:
    """Report type and place but not the message, which may contain secrets of the request."""
    kind = type(error).__name__
    if isinstance(error, OSError) and error.strerror:
        kind += f", {error.strerror}"
    said = f"a defect in Slipway: {kind}, at {_place(error.__traceback__)}"
    return CliError(Exit.DEFECT, said, fix=f"report this line; {_LOOK}", code="defect")


def _place(trace: TracebackType | None) -> str:
    """Return the innermost `file:line` within this package."""
    ours, place = str(Path(__file__).parents[1]), "an unknown location"
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file.startswith(ours):
            place = f"{file.removeprefix(ours).lstrip('/')}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


class _Usage(Protocol):
    """Attributes of every usage error that the public base class does not declare."""

    @property
    def ctx(self) -> "typer.Context | None": ...

    def format_message(self) -> str: ...

    def show(self) -> None: ...
