"""A server on loopback that answers as an API server in trouble would, and a kubeconfig for it."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

Reply = Callable[[BaseHTTPRequestHandler], None]


def status(code: int, **parts: Any) -> Reply:
    """An answer in the API server's own words."""
    body = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, **parts}
    return text(code, json.dumps(body))


def text(code: int, body: str, **headers: str) -> Reply:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body.encode())

    return reply


class TroubledServer(ThreadingHTTPServer):
    """Gives every request the same answer and remembers what it was asked."""

    def __init__(self, reply: Reply) -> None:
        self.asked: list[tuple[str, str, str | None]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                server.asked.append((self.command, self.path, self.headers.get("Authorization")))
                reply(self)

            do_GET = do_PUT = do_PATCH = do_DELETE = do_POST = answer  # noqa: N815  (names of http.server)

            def log_message(self, *_: object) -> None:
                """A test prints nothing."""

        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def answering(reply: Reply) -> Iterator[TroubledServer]:
    with TroubledServer(reply) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def kubeconfig(folder: Path, url: str) -> str:
    path = folder / "kubeconfig"
    described = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "it",
        "clusters": [{"name": "it", "cluster": {"server": url}}],
        "users": [{"name": "it", "user": {"token": "t-1"}}],
        "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
    }
    path.write_text(yaml.safe_dump(described))
    return str(path)
