"""Exit codes, and the exception that ends a command with one of them."""

import json
import sys
from enum import IntEnum

from slipway_local.cli.terminal import Listener, harmless

_REFUSED = {401, 403, 409, 412}
_TOO_MANY, _UNREACHABLE_FROM = 429, 500


class Exit(IntEnum):
    """70 and 74 are those of sysexits.h, and imply nothing about a workflow's outcome."""

    DONE = 0
    ROLLED_BACK = 1
    LEFTOVERS = 2
    BAD_INPUT = 3
    UNREACHABLE = 4
    REFUSED = 5
    DEFECT = 70
    UNTOLD = 74
    INTERRUPTED = 130


class CliError(Exception):
    """Ends the command with a one-line message, and an error code for programs."""

    def __init__(
        self, exit_code: Exit, message: str, *, fix: str | None = None, code: str = "error"
    ) -> None:
        super().__init__(message)
        self.exit_code = exit_code
        self.message = message
        self.fix = fix
        self.code = code

    @property
    def line(self) -> str:
        return f"{self.message} (fix: {self.fix})" if self.fix else self.message


def tell(stop: CliError) -> None:
    """Print the error to standard error and, with --json, as a document to standard output."""
    if "--json" in sys.argv:
        document = {"error": {"code": stop.code, "message": stop.message, "fix": stop.fix}}
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
    Listener().write(f"slipway: {harmless(stop.line)}\n")


def exit_for_http(status: int) -> Exit:
    if status in _REFUSED:
        return Exit.REFUSED
    away = status == _TOO_MANY or status >= _UNREACHABLE_FROM
    return Exit.UNREACHABLE if away else Exit.BAD_INPUT


def exit_for_reading(status: str) -> Exit:
    """Return DONE, or LEFTOVERS for a workflow that needs an operator."""
    waits = status in {"PARKED", "COMPENSATED_WITH_LEFTOVERS"}
    return Exit.LEFTOVERS if waits else Exit.DONE


def exit_for_workflow(status: str) -> Exit:
    """Return the exit code of a terminal status; a parked workflow counts as LEFTOVERS."""
    if status == "COMPLETED":
        return Exit.DONE
    return Exit.ROLLED_BACK if status == "COMPENSATED" else Exit.LEFTOVERS
