"""Validate command-line arguments before they are used in URLs or requests."""

import re
from pathlib import Path

from slipway_local.cli.exits import CliError, Exit

_ID = re.compile(r"wf_[a-z0-9]{8,64}")
_SESSION = re.compile(r"se_[a-z0-9]{8,64}")
DEFAULT_PORT = 8787
"""The default of `slipway up --port`."""
_LAST_PORT = 65535
_STEP = re.compile(r"[a-z][a-z0-9_]{0,63}")


def source(typed: str) -> Path:
    """Raises CliError for a blank path (an unset variable), which would mean the current folder."""
    if not typed.strip():
        raise _refused("PATH", typed, "is blank", "give the source folder, or .")
    return Path(typed)


def workflow_id(typed: str) -> str:
    """Raises CliError for a malformed workflow id."""
    if not _ID.fullmatch(typed):
        raise _refused("ID", typed, "is not a workflow id", "`slipway list` shows them: wf_…")
    return typed


def step_name(typed: str) -> str:
    """Raises CliError for a malformed step name."""
    if not _STEP.fullmatch(typed):
        raise _refused("STEP", typed, "is not a step name", "`slipway status ID` shows them")
    return typed


def parse_pairs(option: str, pairs: list[str]) -> dict[str, str]:
    """Parse `K=V` pairs. Raises CliError, without any value in its message: it may be secret."""
    values: dict[str, str] = {}
    for number, pair in enumerate(pairs, start=1):
        key, equals, value = pair.partition("=")
        if not equals or not key:
            what = f"{option} number {number} is not K=V"
            raise CliError(Exit.BAD_INPUT, what, fix=f"{option} NAME=value")
        if key in values:
            raise _refused(option, key, "is given twice", "give each name once")
        values[key] = value
    return values


def session_id(typed: str) -> str:
    """Raises CliError for a malformed session id."""
    if not _SESSION.fullmatch(typed):
        raise _refused("ID", typed, "is not a session id", "`slipway sessions` shows them: se_…")
    return typed


def check_port(typed: int) -> None:
    """Raises CliError unless the port is in 0…65535; 0 selects any free port."""
    if not 0 <= typed <= _LAST_PORT:
        fix = f"give 1 to {_LAST_PORT}, or 0 for any free one"
        raise _refused("--port", str(typed), "is not a port", fix)


def check_on_failure(typed: str | None) -> None:
    """Raises CliError unless the value is None or `rollback`."""
    if typed not in {None, "rollback"}:
        advise = typed == "advise"
        why = "is not available yet" if advise else "is not known"
        raise _refused("--on-failure", typed, why, "omit it: failures are rolled back")


def _refused(what: str, typed: str, why: str, fix: str) -> CliError:
    return CliError(Exit.BAD_INPUT, f"{what}: {typed[:80]!r} {why}", fix=fix, code="invalid_usage")
