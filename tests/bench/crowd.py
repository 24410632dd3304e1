"""Many workflows at once: what `slipway up` takes for them, and for their rescue after a kill."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.asking import APPS, upload
from tests.bench.figures import show

from slipway_local.cli.client import Client
from slipway_local.cli.exits import CliError
from slipway_local.cli.pages import workflows

WORKFLOWS, _CLIENTS = 330, 48
_OPEN = ("REQUESTED", "RUNNING", "COMPENSATING", "PARKED")
_OVER = ("COMPLETED", "COMPENSATED", "COMPENSATED_WITH_LEFTOVERS")
_ENGINES = ("DOCKER_HOST", "KUBECONFIG", "SLIPWAY_REGISTRY", "SLIPWAY_URL")
_WITHIN_S, _EVERY_S = 1800.0, 1.0
_KB_IN_MB = 1024


class Up:
    """A `slipway up` of its own process, and the most that it was seen to take."""

    def __init__(self, state: Path) -> None:
        rehearsal = {name: value for name, value in os.environ.items() if name not in _ENGINES}
        self._process = subprocess.Popen(
            (sys.executable, "-m", "slipway_local", "up", "--port", "0", "--json"),
            env={**rehearsal, "SLIPWAY_STATE": str(state)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._begun = time.perf_counter()
        self.memory_mb = self.threads = 0
        announced = state / "up.json"
        while not announced.exists():
            self.look()
            time.sleep(_EVERY_S / 10)
        told = json.loads(announced.read_text(encoding="utf-8"))
        self._where = told["url"], told["token"]
        self.client = self.another_client()

    def another_client(self) -> Client:
        return Client(*self._where)

    def look(self) -> None:
        text = Path(f"/proc/{self._process.pid}/status").read_text(encoding="utf-8")
        lines = dict(line.split(":", 1) for line in text.splitlines())
        self.memory_mb = int(lines["VmHWM"].split()[0]) // _KB_IN_MB
        self.threads = max(self.threads, int(lines["Threads"]))

    def kill(self) -> None:
        self.client.close()
        self._process.kill()
        self._process.wait()

    def row(self, what: str, endings: str) -> tuple[str, ...]:
        took = f"{time.perf_counter() - self._begun:.0f} s"
        return what, took, f"{self.memory_mb} MB", str(self.threads), endings


def measure_crowd() -> None:
    """Ends a first system when all is done, and kills a second one in the middle of it."""
    rows = [*_straight_through(), *_killed()]
    headings = ("", "time", "most memory", "most threads", "endings")
    show(f"{WORKFLOWS} workflows at once, in rehearsal", headings, rows)


def _straight_through() -> Iterator[tuple[str, ...]]:
    with _state() as state, _running(state) as system:
        _ask(system)
        yield system.row("all are accepted", "")
        yield system.row("all have ended", _ended(system))


def _killed() -> Iterator[tuple[str, ...]]:
    with _state() as state:
        with _running(state) as system:
            _ask(system)
        with _running(state) as system:
            yield system.row("killed with -9: the next one is there", "")
            yield system.row("all are rescued", _ended(system))


@contextmanager
def _state() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        yield Path(folder)


@contextmanager
def _running(state: Path) -> Iterator[Up]:
    (state / "up.json").unlink(missing_ok=True)
    system = Up(state)
    try:
        yield system
    finally:
        system.kill()


def _ask(system: Up) -> None:
    source = {"upload_id": upload(system.client, APPS / "static")}

    def ask(number: int) -> None:
        name = f"crowd-{number}"
        asked = {"source": source, "app": {"name": name, "namespace": name}}
        with closing(system.another_client()) as client:
            client.post("/workflows", asked, within_s=int(_WITHIN_S))
        system.look()

    with ThreadPoolExecutor(_CLIENTS) as clients:
        list(clients.map(ask, range(WORKFLOWS)))


def _ended(system: Up) -> str:
    end = time.monotonic() + _WITHIN_S
    while time.monotonic() < end:
        system.look()
        time.sleep(_EVERY_S)
        if not any(_listed(system.client, _OPEN)):
            break
    found = Counter(map(_ending, workflows(system.client, _OVER)))
    return ", ".join(f"{ending} {count}" for ending, count in sorted(found.items()))


def _ending(view: Any) -> str:
    error = view["error"]
    why = f" ({error['code']} in {error['step']})" if error else ""
    return f"{view['status']}{why}"


def _listed(client: Any, statuses: tuple[str, ...]) -> list[Any]:
    try:
        return list(workflows(client, statuses))
    except CliError:
        return [None]  # too busy to say
