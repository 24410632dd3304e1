"""A small system of a few functions, started once for the tests of the local AWS."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from slipway.settings import Settings
from slipway_local.engines.probe import Rehearsal
from slipway_local.layout import Layout
from slipway_local.system import LocalSystem, Options

SMALL = Path(__file__).parent / "small_system"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def ask(
    method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Reply:
    request = urllib.request.Request(url, body, dict(headers or {}), method=method)  # noqa: S310  (loopback)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310  (same)
            return Reply(answer.status, dict(answer.headers), answer.read())
    except urllib.error.HTTPError as refused:
        with refused:
            return Reply(refused.code, dict(refused.headers), refused.read())


@dataclass(frozen=True)
class Small:
    """The system, and what its handlers saw."""

    system: LocalSystem
    seen: Any

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Reply:
        given = {"Authorization": f"Bearer {self.system.token}", "Content-Type": "text/plain"}
        return ask(method, self.system.url + path, body, given | headers)

    def saw(self, kind: str) -> list[Any]:
        """Once nothing is under way any more."""
        assert self.system.wait_idle(20)
        return list(self.seen.SEEN[kind])


@pytest.fixture(scope="module")
def small_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSystem]:
    settings = Settings(state=str(tmp_path_factory.mktemp("state")))
    options = Options(rehearsal=Rehearsal(), layout=Layout(SMALL), retry_scale=0.001)
    with LocalSystem(settings, options) as system:
        yield system


@pytest.fixture
def small(small_system: LocalSystem) -> Iterator[Small]:
    seen = import_module("small_rooms.seen")  # importable while the system runs
    seen.forget()
    yield Small(small_system, seen)
    small_system.wait_idle(20)
