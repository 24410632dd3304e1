"""The way to a server: it tells how much was sent, and can be cut."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_CHUNK = 65536
_HOST = "127.0.0.1"


class Line:
    """Forwards TCP from a port of its own. While it is cut, whoever comes is hung up on."""

    def __init__(self, listener: socket.socket, server: tuple[str, int]) -> None:
        self._listener, self._server = listener, server
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        self._left = 0
        self._then: Callable[[], None] | None = None
        self._is_cut = False

    @property
    def address(self) -> str:
        return f"{_HOST}:{self._listener.getsockname()[1]}"

    def when_sent(self, count: int, then: Callable[[], None]) -> None:
        """Once, when that many bytes more were sent to the server."""
        self._left, self._then = count, then

    def cut(self) -> None:
        self._is_cut = True
        with self._guard:
            for each in self._open:
                _hang_up(each)

    def mend(self) -> None:
        self._is_cut = False

    def serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return  # closed: the end
            threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        with client, suppress(OSError), socket.create_connection(self._server) as server:
            with self._guard:
                self._open |= {client, server}
            if self._is_cut:
                return
            back = threading.Thread(target=self._carry, args=(server, client), daemon=True)
            back.start()
            self._carry(client, server, counted=True)
            back.join()
            with self._guard:
                self._open -= {client, server}

    def _carry(self, source: socket.socket, sink: socket.socket, *, counted: bool = False) -> None:
        with suppress(OSError):
            while chunk := source.recv(_CHUNK):
                sink.sendall(chunk)
                if counted:
                    self._count(len(chunk))
        _hang_up(sink)

    def _count(self, sent: int) -> None:
        """Several connections send at a time; one of them reaches the mark."""
        with self._guard:
            self._left -= sent
            then = self._then if self._left <= 0 else None
            if then:
                self._then = None
        if then:
            then()


def _hang_up(end: socket.socket) -> None:
    with suppress(OSError):  # it is closed already
        end.shutdown(socket.SHUT_RDWR)


@contextmanager
def line_to(address: str) -> Iterator[Line]:
    """`address` is `host:port`."""
    host, _, port = address.rpartition(":")
    with socket.create_server((_HOST, 0)) as listener:
        line = Line(listener, (host, int(port)))
        threading.Thread(target=line.serve, daemon=True).start()
        yield line
        line.cut()
        _hang_up(listener)
