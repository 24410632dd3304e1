"""Retry while the disk is full, so that pollers survive until there is room again."""

import logging
import sqlite3
import threading
from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar

from botocore.exceptions import ClientError

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 5.0
T = TypeVar("T")
_log = logging.getLogger(__name__)


def retry_while_full(
    act: Callable[[], T], stopping: threading.Event, pause_s: float = FIRST_PAUSE_S
) -> T | None:
    """Retry until the state file accepts the change; return None if the system stops first.

    Raises permanent errors immediately.
    """
    while True:
        try:
            return act()
        except (sqlite3.Error, ClientError) as error:
            if not _passes(error):
                raise
            _log.debug("again in %s s: %r", pause_s, error)
        if stopping.wait(pause_s):
            return None
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)


def _passes(error: sqlite3.Error | ClientError) -> bool:
    if isinstance(error, sqlite3.Error):
        return True
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return bool(status >= HTTPStatus.INTERNAL_SERVER_ERROR)
