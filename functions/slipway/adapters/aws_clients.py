"""AWS clients with timeouts, one per service: building one costs tens of milliseconds."""

import threading
from typing import Any

import boto3
from botocore.config import Config

_CONNECT_TIMEOUT_S = 1
_READ_TIMEOUT_S = 10
_READ_TIMEOUTS_S = {"dynamodb": 3, "s3": 30}
"""The wait for a response. All attempts on a table fit into the 15 s of a command."""
_ATTEMPTS = 3


class Clients:
    """botocore's own timeouts are 60 s, longer than most functions may run.

    A client may be used by several threads, but must be built by one at a time.
    """

    def __init__(self) -> None:
        self._clients: dict[str, Any] = {}
        self._guard = threading.Lock()

    def of(self, service: str) -> Any:
        with self._guard:
            if service not in self._clients:
                self._clients[service] = _client(service)
            return self._clients[service]


def _client(service: str) -> Any:
    config = Config(
        connect_timeout=_CONNECT_TIMEOUT_S,
        read_timeout=_READ_TIMEOUTS_S.get(service, _READ_TIMEOUT_S),
        retries={"total_max_attempts": _ATTEMPTS, "mode": "standard"},
    )
    return boto3.client(service, config=config)  # type: ignore[call-overload]  # typed by literal names only
