"""HTTP client for Git, limited to one origin, vetted addresses, a time and a size."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import urllib3
from dulwich.client import Urllib3HttpGitClient
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from slipway.adapters.git_addresses import Reach, origin, resolved
from slipway.saga.errors import Rejected, StepError, Unavailable

_REDIRECTS = 3
_ANSWER_S = 30
_CLIENT_ERROR, _SERVER_ERROR, _TOO_MANY, _DENIED = 400, 500, 429, {401, 403}


class Guard:
    """Limits one fetch to `limit_bytes` of responses, and shuts down its sockets when late."""

    def __init__(self, url: str, reach: Reach, limit_bytes: int) -> None:
        self.origin = origin(url)
        self.reach = reach
        self._left = limit_bytes
        self._limit_bytes = limit_bytes
        self._sockets: list[socket.socket] = []
        self.time_is_up = threading.Event()

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        timer = threading.Timer(seconds, self._shut_down)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            for watched in self._sockets:
                watched.close()

    def watch(self, connected: socket.socket) -> None:
        """Keep a duplicate handle, because TLS takes over the original socket."""
        self._sockets.append(connected.dup())
        if self.time_is_up.is_set():
            self._shut_down()

    def _shut_down(self) -> None:
        self.time_is_up.set()
        for watched in list(self._sockets):
            try:
                watched.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # closed already

    def check_address(self, host: str, address: str) -> None:
        self.reach.check(host, address)

    def check_url(self, url: str) -> None:
        """Raises Rejected("git_redirect") for a redirect or pack file on another origin."""
        if origin(url) != self.origin:
            raise Rejected(
                "git_redirect",
                f"the server redirects to {origin(url)[1]}",
                fix="give the URL of the redirect, if you trust it",
            )

    def charge(self, data: bytes) -> bytes:
        """Raises Rejected("source_too_large")."""
        self._left -= len(data)
        if self._left < 0:
            raise Rejected(
                "source_too_large",
                f"the repository is larger than {self._limit_bytes} bytes",
                fix="upload only the part that the build needs",
            )
        return data


class GitClient(Urllib3HttpGitClient):
    """dulwich's client, with every response counted against the size limit."""

    def __init__(self, url: str, guard: Guard, ca_file: str | None) -> None:
        self._guard = guard
        pool = _pool_manager(guard, ca_file)
        super().__init__(url, pool_manager=pool, quiet=True)

    def _http_request(
        self,
        url: str,
        headers: dict[str, str] | None = None,
        data: bytes | Iterator[bytes] | None = None,
        raise_for_status: bool = True,
    ) -> tuple[Any, Callable[[int], bytes]]:
        response, read = super()._http_request(url, headers, data, raise_for_status)
        kind = response.headers.get("Content-Type", "")
        if not kind.startswith("application/x-git-"):
            response.close()
            raise _not_found(f"its content type is {kind or 'missing'}")
        return response, lambda size: self._guard.charge(read(size))


def _pool_manager(guard: Guard, ca_file: str | None) -> urllib3.PoolManager:
    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _vetted(guard, self.host, self.port, super()._new_conn)

    class Encrypted(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _vetted(guard, self.host, self.port, super()._new_conn)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class EncryptedPool(HTTPSConnectionPool):
        ConnectionCls = Encrypted

    manager = _Manager(guard, ssl.create_default_context(cafile=ca_file))
    manager.pool_classes_by_scheme = {"http": PlainPool, "https": EncryptedPool}
    return manager


def _vetted(
    guard: Guard, host: str, port: int, connect: Callable[[], socket.socket]
) -> socket.socket:
    """Check the address before connecting, and again after, because DNS may have changed."""
    for address in resolved(host, port):
        guard.check_address(host, address)
    connected = connect()
    try:
        guard.check_address(host, connected.getpeername()[0])
        guard.watch(connected)
    except BaseException:
        connected.close()
        raise
    return connected


class _Manager(urllib3.PoolManager):
    def __init__(self, guard: Guard, context: ssl.SSLContext) -> None:
        retries = urllib3.Retry(total=_REDIRECTS, connect=0, read=0, status=0, other=0)
        super().__init__(
            ssl_context=context,
            timeout=_ANSWER_S,
            retries=retries,
            headers={"User-Agent": "git/slipway"},
        )
        self._guard = guard

    def urlopen(  # type: ignore[override]
        self, method: str, url: str, redirect: bool = True, **kw: Any
    ) -> urllib3.BaseHTTPResponse:
        """Also called for every redirect."""
        self._guard.check_url(url)
        response = super().urlopen(method, url, redirect, **kw)
        if refused := _refused(response.status):
            response.close()
            raise refused
        return response


def _refused(status: int) -> StepError | None:
    if status < _CLIENT_ERROR:
        return None
    if status >= _SERVER_ERROR or status == _TOO_MANY:
        return Unavailable("git_unreachable", f"the Git server returned {status}")
    return denied() if status in _DENIED else _not_found(f"it returned {status}")


def _not_found(why: str) -> Rejected:
    return Rejected(
        "git_not_found",
        f"the repository does not exist or is private: {why}",
        fix="give the URL that `git clone` takes; upload the source of a private repository",
    )


def denied() -> Rejected:
    return Rejected(
        "git_denied",
        "the Git server requires credentials",
        fix="upload the source of a private repository",
    )
