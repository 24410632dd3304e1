"""The HTTP server on loopback: one thread per connection, with a limit on connections."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from werkzeug.serving import BaseWSGIServer, ThreadedWSGIServer, WSGIRequestHandler

from slipway_local.front.problems import MEDIA_TYPE, problem_of

HOST = "127.0.0.1"
IDLE_S = 60
"""A connection that sends nothing for this long is closed."""
CONNECTIONS = 64
"""Open at once. Others wait to be accepted, and idle connections are closed for them."""
_WAITING = 1024
_LOOK_EVERY_S = 0.1


class PortTaken(Exception):  # noqa: N818  (named after the condition)
    """Another program listens on the port, or the port is reserved."""


class _Quiet(WSGIRequestHandler):
    timeout = IDLE_S
    server: "_Server"

    def handle_one_request(self) -> None:
        self.server.idle.add(self.connection)
        super().handle_one_request()
        self.close_connection = self.close_connection or self.server.is_full

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002  (werkzeug's name)
        """Do nothing: the functions log, and requests would hide a workflow's progress."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Do nothing: werkzeug's version parses the path, and fails on an invalid one."""

    def parse_request(self) -> bool:
        """Refuse targets that are no path (`http://...`, `*`), and lengths that contradict."""
        self.server.idle.discard(self.connection)
        if not super().parse_request():
            return False
        if not self.path.startswith("/"):
            self.send_error(400, "the request's target is not a path")
        elif len(self.headers.get_all("Content-Length", ())) > 1:
            self.send_error(400, "the request has several Content-Length headers")
        else:
            return True
        return False

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """For errors before a request is parsed, when not even its HTTP version is known."""
        self.request_version = self.protocol_version
        body = json.dumps(problem_of(code, explain or message)).encode()
        self.send_response(code)
        self.send_header("Content-Type", MEDIA_TYPE)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class _Server(ThreadedWSGIServer):
    """Tracks its open connections, so that the shutdown does not wait for silent clients."""

    daemon_threads = False

    def __init__(self, listening: socket.socket, application: Any) -> None:
        host, port = listening.getsockname()
        self.open: set[socket.socket] = set()
        self.idle: set[socket.socket] = set()
        self.ending = self.is_full = False
        self._room = threading.Semaphore(CONNECTIONS)
        super().__init__(host, port, application, handler=_Quiet, fd=listening.fileno())

    def process_request(self, request: Any, client_address: Any) -> None:
        while not self._room.acquire(timeout=_LOOK_EVERY_S):
            if self.ending:
                return super().shutdown_request(request)
            self.is_full = True
            for idle in list(self.idle):
                with suppress(OSError):  # already closed
                    idle.shutdown(socket.SHUT_RD)
        self.is_full = False
        self.open.add(request)
        return super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.open.discard(request)
        self.idle.discard(request)
        super().shutdown_request(request)
        self._room.release()


@contextmanager
def listening(port: int) -> Iterator[socket.socket]:
    """Port 0 takes any that is free. Raises PortTaken."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as error:
            raise PortTaken(
                f"port {port} of {HOST}: {error.strerror}; give another one with --port"
            ) from error
        listener.listen(_WAITING)
        yield listener


@contextmanager
def served(listener: socket.socket, application: Callable[..., Any]) -> Iterator[None]:
    server = _Server(listener, application)
    thread = threading.Thread(target=_serve, args=(server,), name="front", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.ending = True
        server.shutdown()
        for connection in list(server.open):
            with suppress(OSError):  # already closed
                connection.shutdown(socket.SHUT_RDWR)
        server.server_close()
        thread.join()


def _serve(server: BaseWSGIServer) -> None:
    server.serve_forever(poll_interval=0.02)
