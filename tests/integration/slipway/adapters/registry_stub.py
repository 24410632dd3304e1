"""A registry on the loopback that says what a test tells it to, and notes what it was asked."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    authorization: str | None


@dataclass
class RegistryStub:
    """`answers` by "METHOD path", with the query or without; `opens` is the header that does."""

    host: str
    answers: dict[str, Answer] = field(default_factory=dict)
    challenge: str | None = None
    opens: str = ""
    asked: list[Asked] = field(default_factory=list)

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        path = asked.path.partition("?")[0]
        if self.challenge and path.startswith("/v2/") and asked.authorization != self.opens:
            return Answer(401, headers={"WWW-Authenticate": self.challenge})
        whole = self.answers.get(f"{asked.method} {asked.path}")
        return whole or self.answers.get(f"{asked.method} {path}", Answer(404))


@contextmanager
def registry_stub() -> Iterator[RegistryStub]:
    stub = RegistryStub("")

    class Handler(BaseHTTPRequestHandler):
        def respond(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = Asked(self.command, self.path, self.headers.get("Authorization"))
            answer = stub.answer(asked)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body)

        def __getattr__(self, name: str) -> object:
            """Answer for `do_GET` and its like: the server asks for a method by its name."""
            if name.startswith("do_"):
                return self.respond
            raise AttributeError(name)

        def log_message(self, *_: object) -> None:
            """Say nothing: what was asked is in the stub."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        stub.host = f"127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield stub
        finally:
            server.shutdown()
            thread.join()
