"""Exit codes, and the errors that end a command with one of them."""

import json
import sys
from enum import IntEnum

from slipway_local.cli.terminal import Listener, harmless

_REFUSED = {401, 403, 409, 412}
_TOO_MANY, _UNREACHABLE_FROM = 429, 500


class Exit(IntEnum):
    """70 and 74, as in sysexits.h, say nothing of what became of a workflow."""

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
    """Ends the command with one line for people and a code for programs."""

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
    """To people on standard error, and as a document to a program that asked for one."""
    if "--json" in sys.argv:
        told = {"error": {"code": stop.code, "message": stop.message, "fix": stop.fix}}
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
    Listener().write(f"slipway: {harmless(stop.line)}\n")


def exit_for_http(status: int) -> Exit:
    if status in _REFUSED:
        return Exit.REFUSED
    away = status == _TOO_MANY or status >= _UNREACHABLE_FROM
    return Exit.UNREACHABLE if away else Exit.BAD_INPUT


def exit_for_reading(status: str) -> Exit:
    """Looking succeeds; what waits for a person, or was left to one, is said all the same."""
    waits = status in {"PARKED", "COMPENSATED_WITH_LEFTOVERS"}
    return Exit.LEFTOVERS if waits else Exit.DONE


def exit_for_workflow(status: str) -> Exit:
    """The truth of a workflow in one number; parked counts as something left."""
    if status == "COMPLETED":
        return Exit.DONE
    return Exit.ROLLED_BACK if status == "COMPENSATED" else Exit.LEFTOVERS
