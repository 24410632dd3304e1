"""The way to a server, as something that can be cut: for the server's death and return."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_CHUNK = 65536
_HOST = "127.0.0.1"


class Line:
    """Forwards TCP from a port of its own. While it is cut, whoever comes is hung up on."""

    def __init__(self, listener: socket.socket, server: tuple[str, int]) -> None:
        self._listener, self._server = listener, server
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        self._left: int | None = None
        self.is_cut = threading.Event()

    @property
    def address(self) -> str:
        return f"{_HOST}:{self._listener.getsockname()[1]}"

    def cut(self, after_bytes: int = 0) -> None:
        """At once, or when that much more was sent to the server."""
        if after_bytes:
            self._left = after_bytes
            return
        self.is_cut.set()
        with self._guard:
            for each in self._open:
                _hang_up(each)

    def mend(self) -> None:
        self._left = None
        self.is_cut.clear()

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
            if self.is_cut.is_set():
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
        if self._left is not None:
            self._left -= sent
            if self._left <= 0:
                self._left = None
                self.cut()


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
