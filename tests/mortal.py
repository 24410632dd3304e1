"""`slipway up` as a process that is killed again and again, at moments that a seed draws."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from slipway.containerize.archive import pack
from slipway.settings import Settings
from slipway_local.cli.client import Client
from slipway_local.cli.exits import Stop
from slipway_local.cli.follow import ENDED
from slipway_local.state import running_system

ROOT = Path(__file__).parents[1]
STARTS_WITHIN_S, ENDS_WITHIN_S = 60.0, 300.0
LOOKS_EVERY_S = 0.05
COMMAND = (sys.executable, "-m", "slipway_local")


def seed() -> str:
    """The one to repeat, or a new one; whoever calls prints it."""
    return os.environ.get("SLIPWAY_SEED") or f"{random.SystemRandom().randrange(16**8):08x}"


@dataclass
class Mortal:
    """`request` is what is asked for whenever nothing is under way; `asked` what was accepted."""

    state: Path
    environment: Mapping[str, str]
    source: Path
    request: Mapping[str, Any]
    asked: list[str] = field(default_factory=list)
    interrupted: int = 0

    def live(self, seconds: float) -> None:
        """Then `kill -9`, whatever it is doing: starting, running, undoing."""
        end = time.monotonic() + seconds
        process = self._start()
        client = self._found(process, end)
        if client:
            with suppress(Stop):  # killed is killed, in whatever it was asked
                self._ask_when_idle(client)
            client.close()
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, end - time.monotonic()))
        assert process.poll() is None, "it ended by itself"
        process.kill()
        process.wait()

    def live_to_the_end(self) -> list[dict[str, Any]]:
        """Until every workflow has ended: all of them, as the system tells them."""
        process = self._start()
        client = self._found(process, time.monotonic() + STARTS_WITHIN_S)
        assert client, "it does not start"
        end = time.monotonic() + ENDS_WITHIN_S
        while not all(view["status"] in ENDED for view in self._views(client)):
            assert time.monotonic() < end, self._views(client)
            with suppress(subprocess.TimeoutExpired):
                process.wait(LOOKS_EVERY_S)
        views = self._views(client)
        client.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(ENDS_WITHIN_S) == 0
        return views

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*COMMAND, *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=STARTS_WITHIN_S,
            check=False,
        )

    def _start(self) -> "subprocess.Popen[bytes]":
        command = [*COMMAND, "up", "--port", "0", "--json"]
        return subprocess.Popen(command, env=self._environment, stdout=subprocess.DEVNULL)

    @property
    def _environment(self) -> dict[str, str]:
        path = f"{ROOT / 'functions'}{os.pathsep}{ROOT / 'infra/local'}"
        return {**self.environment, "SLIPWAY_STATE": str(self.state), "PYTHONPATH": path}

    def _found(self, process: "subprocess.Popen[bytes]", until: float) -> Client | None:
        while time.monotonic() < until:
            found = running_system(Settings(state=str(self.state)))
            if found and found.pid == process.pid:
                return Client(found.url, found.token)
            assert process.poll() is None, "it ended by itself"
            with suppress(subprocess.TimeoutExpired):
                process.wait(LOOKS_EVERY_S)
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
        body = {"source": {"upload_id": upload["upload_id"]}, **self.request}
        self.asked.append(client.post("/workflows", body)["workflow_id"])

    def _views(self, client: Client) -> list[dict[str, Any]]:
        views: list[dict[str, Any]] = client.get("/workflows", limit=100)["items"]
        return views


def kill_again_and_again(
    mortal: Mortal, kills: int, longest_s: float, told: Callable[[str], None] = print
) -> None:
    drawn = seed()
    told(f"SLIPWAY_SEED={drawn} repeats these {kills} kills")
    moments = random.Random(drawn)  # noqa: S311  (moments, no secrets)
    for number in range(kills):
        moment = moments.uniform(0, longest_s)
        told(f"kill {number + 1} after {moment:.2f} s")
        mortal.live(moment)
