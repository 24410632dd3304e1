"""Collects a long step's log and stores it in the workspace, even if the step fails."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from slipway.containerize.ports import Log, Workspace
from slipway.saga.errors import StepError

_log = logging.getLogger(__name__)
LIMIT_LINES = 20_000
LIMIT_CHARACTERS = 4_000
"""Per line: a hostile build must not exhaust the function's memory."""
_CUT = "[log cut: more than {} lines]"


@contextmanager
def step_log(workspace: Workspace, key: str) -> Iterator[Log]:
    lines: list[str] = []

    def log(line: str) -> None:
        if len(lines) < LIMIT_LINES:
            lines.append(line[:LIMIT_CHARACTERS])
        elif len(lines) == LIMIT_LINES:
            lines.append(_CUT.format(LIMIT_LINES))

    def keep() -> None:
        text = "".join(f"{line}\n" for line in lines)
        workspace.put(key, text.encode(), "text/plain; charset=utf-8")

    try:
        yield log
    except Exception:
        try:
            keep()
        except StepError as error:  # it must not hide why the step failed
            _log.warning("step_log_not_stored", extra={"key": key, "code": error.code})
        raise
    keep()
