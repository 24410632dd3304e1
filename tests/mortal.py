"""`slipway up` as a process that is killed again and again, at moments that a seed draws."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from slipway.containerize.archive import pack
from slipway.settings import Settings
from slipway_local.cli.client import Client
from slipway_local.cli.exits import CliError
from slipway_local.cli.follow import ENDED
from slipway_local.state import announced_system

ROOT = Path(__file__).parents[1]
STARTS_WITHIN_S, ENDS_WITHIN_S = 60.0, 300.0
LOOKS_EVERY_S = 0.05
_NEVER = threading.Event()
COMMAND = (sys.executable, "-m", "slipway_local")


@dataclass
class Mortal:
    """`requests` are asked for in turn, whenever nothing is under way; `asked` was accepted."""

    state: Path
    environment: Mapping[str, str]
    source: Path
    requests: Sequence[Mapping[str, Any]]
    asked: list[str] = field(default_factory=list)
    interrupted: int = 0

    def live(self, seconds: float, *, once_it_answers: bool = False) -> None:
        """Then `kill -9`, whatever it is doing: starting (if they count from its start) or not."""
        with self._started() as process:
            death = threading.Timer(seconds, process.kill)
            if not once_it_answers:
                death.start()
            with suppress(CliError):  # killed in the middle of an answer
                if client := self._found(process, time.monotonic() + STARTS_WITHIN_S):
                    with closing(client):
                        if once_it_answers:
                            death.start()
                        self._ask_when_idle(client)
            assert process.wait(ENDS_WITHIN_S) == -signal.SIGKILL
            death.join()

    def live_until(self, step: str, sign: Callable[[], bool] | None = None) -> None:
        """Ask, and then `kill -9` as soon as that step is seen to have begun.

        A short one is over before anybody is told of it: `sign` sees its effect where that is.
        """
        with self._started() as process:
            client = self._found(process, time.monotonic() + STARTS_WITHIN_S)
            assert client, "it does not start"
            with closing(client):
                self._ask_when_idle(client)
                end = time.monotonic() + ENDS_WITHIN_S
                while not (sign() if sign else self._has_begun(client, step)):
                    assert time.monotonic() < end, self._views(client)
                process.kill()

    def live_to_the_end(self) -> list[dict[str, Any]]:
        """Until every workflow has ended: all of them, as the system tells them."""
        with self._alive() as client:
            return self._ended(client)

    def take_back(self, workflows: Iterable[str]) -> list[dict[str, Any]]:
        """Roll these back one after the other, and answer as `live_to_the_end`."""
        with self._alive() as client:
            for workflow in workflows:
                path, why = f"/workflows/{workflow}", {"reason": "the test is over"}
                version = client.post(f"{path}/rollback", why)["version"]
                client.get(path, min_version=version)
                self._ended(client)
            return self._ended(client)

    def last_event_of_its_life(self, workflow: str) -> tuple[str, str | None]:
        """Type and step of the one before the next life had it undone, when nothing runs."""
        told = json.loads(self.run("timeline", workflow, "--json").stdout)["items"]
        lived = takewhile(lambda event: event["type"] != "slipway.workflow.undo_requested", told)
        *_, last = lived
        return last["type"], last["step"]

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*COMMAND, *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=STARTS_WITHIN_S,
            check=False,
        )

    @contextmanager
    def _alive(self) -> Iterator[Client]:
        """Asked to end after the block, and ends well."""
        with self._started() as process:
            client = self._found(process, time.monotonic() + STARTS_WITHIN_S)
            assert client, "it does not start"
            with closing(client):
                yield client
            process.send_signal(signal.SIGTERM)
            assert process.wait(ENDS_WITHIN_S) == 0

    def _ended(self, client: Client) -> list[dict[str, Any]]:
        end = time.monotonic() + ENDS_WITHIN_S
        while not all(view["status"] in ENDED for view in self._views(client)):
            assert time.monotonic() < end, self._views(client)
            _NEVER.wait(LOOKS_EVERY_S)
        return self._views(client)

    @contextmanager
    def _started(self) -> "Iterator[subprocess.Popen[bytes]]":
        """Killed at the end of the block, if it still runs."""
        command = [*COMMAND, "up", "--port", "0", "--json"]
        nowhere = subprocess.DEVNULL
        with subprocess.Popen(
            command, env=self._environment, stdout=nowhere, stderr=nowhere
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    @property
    def _environment(self) -> dict[str, str]:
        path = f"{ROOT / 'functions'}{os.pathsep}{ROOT / 'infra/local'}"
        return {**self.environment, "SLIPWAY_STATE": str(self.state), "PYTHONPATH": path}

    def _found(self, process: "subprocess.Popen[bytes]", until: float) -> Client | None:
        """None when it is killed before."""
        while process.poll() is None and time.monotonic() < until:
            found = announced_system(Settings(state=str(self.state)))
            if found and found.pid == process.pid:
                return Client(found.url, found.token)
            _let_pass(process, LOOKS_EVERY_S)
        return None

    def _ask_when_idle(self, client: Client) -> None:
        if any(view["status"] not in ENDED for view in self._views(client)):
            self.interrupted += 1
            return
        with TemporaryDirectory() as place:
            archive = Path(place, "source.tar.gz")
            size = pack(self.source, archive).archive_bytes
            upload = client.post("/uploads", {"size_bytes": size})
            client.upload(upload, archive)
        request = self.requests[len(self.asked) % len(self.requests)]
        body = {"source": {"upload_id": upload["upload_id"]}, **request}
        self.asked.append(client.post("/workflows", body)["workflow_id"])

    def _has_begun(self, client: Client, step: str) -> bool:
        last = self.asked[-1]
        views = (view for view in self._views(client) if view["workflow_id"] == last)
        steps = (each for view in views for each in view["steps"] if each["name"] == step)
        return any(each["status"] != "PENDING" for each in steps)

    def _views(self, client: Client) -> list[dict[str, Any]]:
        views: list[dict[str, Any]] = client.get("/workflows", limit=100)["items"]
        return views


def _let_pass(process: "subprocess.Popen[bytes]", seconds: float) -> None:
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)


def kill_again_and_again(mortal: Mortal, kills: int, longest_s: float) -> None:
    """The moments are drawn anew each time; what is printed says how to repeat them."""
    drawn = os.environ.get("SLIPWAY_SEED") or f"{random.SystemRandom().randrange(16**8):08x}"
    moments = [random.Random(f"{drawn} {n}").uniform(0, longest_s) for n in range(kills)]  # noqa: S311  (no secrets)
    told = " ".join(f"{moment:.2f}" for moment in moments)
    sys.stdout.write(f"\nSLIPWAY_SEED={drawn} repeats {kills} kills, after seconds: {told}\n")
    for number, moment in enumerate(moments):
        mortal.live(moment, once_it_answers=number % 2 == 1)  # a busy machine may start slowly
