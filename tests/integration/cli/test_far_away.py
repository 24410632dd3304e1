"""A stack that is not on this machine: busy now and then, and its answers get lost."""

import json
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from tests.loopback import Quiet, served

from slipway_local.cli import client as clients
from slipway_local.cli.client import Client
from slipway_local.cli.exits import CliError, Exit
from slipway_local.cli.retrying import Again

LOST, SILENT = 0, -1
"""Instead of a status: hung up without an answer; not answered for as long as the test runs."""


@dataclass
class Stack:
    """Answers one after the other, the last one for ever."""

    answers: list[int | tuple[int, dict[str, str]]] = field(default_factory=list)
    asked: list[tuple[str, str | None, bytes]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def next(self) -> tuple[int, dict[str, str]]:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer if isinstance(answer, tuple) else (answer, {})


@contextmanager
def serving(stack: Stack) -> Iterator[Stack]:
    class Handler(Quiet, BaseHTTPRequestHandler):
        def respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            stack.asked.append((self.path, self.headers.get("Idempotency-Key"), body))
            status, headers = stack.next()
            if status == SILENT:
                stack.over.wait()
            if status in (LOST, SILENT):
                return
            told = json.dumps({"detail": f"told {status}", "code": "told"}).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(told))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(told)

        do_GET = do_POST = do_PUT = respond  # noqa: N815  (the base's names)

    with served(Handler) as place:
        stack.url = f"http://{place}"
        yield stack
        stack.over.set()


@pytest.fixture
def stack() -> Iterator[Stack]:
    with serving(Stack()) as stack:
        yield stack


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Nobody waits: how long it would have been is noted."""
    noted: list[float] = []
    monkeypatch.setattr(Again, "pause", staticmethod(noted.append))
    return noted


@pytest.fixture
def far(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """The stack is on the loopback: only its client is told otherwise."""
    monkeypatch.setattr(clients, "is_loopback", lambda _url: False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with closing(Client(stack.url, "t0ken")) as client:
        yield client


@pytest.mark.parametrize("trouble", [429, 502, 503, 504, LOST], ids=str)
def test_what_was_busy_or_lost_is_sent_again_as_it_was(
    stack: Stack, far: Client, pauses: list[float], trouble: int
) -> None:
    stack.answers = [trouble, 202]

    assert far.post("/workflows", {"app": {"name": "shop"}})["detail"] == "told 202"

    first, second = stack.asked
    assert first == second
    assert first[1]
    assert len(pauses) == 1
    assert 0 < pauses[0] < 1


def test_the_stack_says_how_long_to_wait_up_to_ten_seconds(
    stack: Stack, far: Client, pauses: list[float]
) -> None:
    stack.answers = [(503, {"Retry-After": "4"}), (503, {"Retry-After": "3600"}), 200]

    far.get("/workflows")

    assert pauses == [4.0, 10.0]


@pytest.mark.parametrize("status", [429, 503])
def test_what_stays_busy_ends_with_its_own_words_and_exit_code_4(
    stack: Stack, far: Client, status: int
) -> None:
    stack.answers = [status]

    stop = stopped(lambda: far.get("/workflows"))

    assert (stop.exit_code, stop.message) == (Exit.UNREACHABLE, f"told {status}")
    assert len(stack.asked) == 4


@pytest.mark.parametrize("status", [400, 409, 500])
def test_what_is_refused_is_not_sent_again(stack: Stack, far: Client, status: int) -> None:
    stack.answers = [status]

    stopped(lambda: far.post("/workflows", {}))

    assert len(stack.asked) == 1


@pytest.mark.parametrize(
    ("trouble", "told"),
    [(SILENT, "did not respond within 0.2 s"), (LOST, "closed the connection without a response")],
)
def test_an_answer_that_does_not_come_is_told_as_that(
    stack: Stack, far: Client, trouble: int, told: str
) -> None:
    stack.answers = [trouble]

    stop = stopped(lambda: far.post("/workflows", {}, within_s=0.2))

    assert (stop.exit_code, stop.code) == (Exit.UNREACHABLE, "no_answer")
    assert stop.message == f"{stack.url} {told}"
    assert "slipway list" in stop.line
    assert len(stack.asked) == 2


def test_where_nothing_listens_is_told_as_that(far: Client, stack: Stack) -> None:
    with serving(Stack()) as gone:
        pass
    far.url = gone.url

    stop = stopped(lambda: far.get("/workflows"))

    assert (stop.code, stop.message) == ("unreachable", f"cannot connect to {gone.url}")
    assert stack.asked == []


def test_a_sweep_is_sent_once_since_it_would_go_on_beside_itself(stack: Stack, far: Client) -> None:
    stack.answers = [504, 200]

    assert stopped(lambda: far.post("/sweep", {})).exit_code is Exit.UNREACHABLE

    assert len(stack.asked) == 1


def test_an_upload_that_is_cut_off_is_sent_again_from_its_beginning(
    stack: Stack, far: Client, tmp_path: Any
) -> None:
    stack.answers = [503, LOST, 200]
    archive = tmp_path / "source.tar.gz"
    archive.write_bytes(b"source")

    far.upload({"method": "PUT", "url": f"{stack.url}/up", "headers": {}}, archive)

    assert [body for _, _, body in stack.asked] == [b"source"] * 3


def test_what_is_far_is_looked_at_less_often(far: Client) -> None:
    assert far.look_every_s >= 1


def test_the_system_of_this_machine_is_asked_once_and_looked_at_often(stack: Stack) -> None:
    stack.answers = [503, 200]
    with closing(Client(stack.url, "t0ken")) as near:
        assert stopped(lambda: near.get("/workflows")).message == "told 503"
        assert near.look_every_s < 0.5
    assert len(stack.asked) == 1


def stopped(act: Any) -> CliError:
    with pytest.raises(CliError) as stop:
        act()
    return stop.value
