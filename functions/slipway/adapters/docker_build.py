"""Run a build on the Docker Engine's classic builder and return the image id."""

import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from docker.errors import APIError

from slipway.adapters.docker_bases import refuse_triggers
from slipway.adapters.docker_client import Client, error_text, translated
from slipway.adapters.docker_removal import find
from slipway.adapters.docker_stream import entries, lost
from slipway.adapters.docker_watch import Watch
from slipway.adapters.redaction import LogRedaction, redacted
from slipway.containerize.labels import WORKFLOW
from slipway.containerize.ports import Build, Log, Stop
from slipway.saga.errors import Rejected, StepError

LAST_LINES = 12
LONGEST_LINE = 64 * 1024
"""Longer lines are truncated, so that they do not exhaust the function's memory."""
_SETTLE_S = 2.5
_QUIET_S = 0.6
_LOOK_S = 0.1
_LOOK_AT_LOG = "read the build's log, and try the same Dockerfile with docker build"


def run_build(client: Client, where: str | None, build: Build, log: Log, stop: Stop) -> str:
    late = Rejected(
        "build_timeout",
        f"the build took longer than {build.timeout_s} s",
        fix="shorten the build, or raise the time limit of build_image",
    )
    watch = Watch(stop, build.timeout_s, Rejected("cancelled", "the build was stopped"), late)
    transcript = _Transcript(log)
    try:
        with translated(where), watch:
            return _exchange(client, build, watch, transcript)
    finally:
        if watch.cut is not None:
            _settle(client, build.labels.get(WORKFLOW), where)


def _exchange(client: Client, build: Build, watch: Watch, transcript: "_Transcript") -> str:
    refuse_triggers(client, build, watch, transcript.line)
    try:
        response = client.start_build(_params(build), watch.body(build.context), build.timeout_s)
    except APIError as error:
        if not error.is_client_error():
            raise
        raise Rejected("build_failed", error_text(error), fix=_LOOK_AT_LOG) from error
    watch.attach(response)
    image_id: str | None = None
    try:
        for entry in entries(response):
            image_id = entry.get("aux", {}).get("ID") or image_id
            transcript.add(entry)
    except ValueError:
        image_id = None  # the last line was cut off with the connection
    transcript.raise_error()
    if image_id is None:
        raise lost("build")
    return image_id


def _params(build: Build) -> Mapping[str, object]:
    return {
        "dockerfile": build.dockerfile,
        "rm": True,
        "forcerm": True,
        "buildargs": dict(build.args),
        "labels": dict(build.labels),
        "networkmode": build.network,
    }


class _Transcript:
    """Logs whole lines, and keeps the last ones for the error message."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._redaction = LogRedaction()
        self._open = ""
        self._last: deque[str] = deque(maxlen=LAST_LINES)
        self._error: str | None = None

    def add(self, entry: Mapping[str, Any]) -> None:
        if "error" in entry:
            self.line(entry["error"])
            self._error = redacted(entry["error"])
        *lines, rest = (self._open + entry.get("stream", "")).split("\n")
        self._open = rest[:LONGEST_LINE]
        for line in lines:
            self.line(line[:LONGEST_LINE])

    def raise_error(self) -> None:
        if self._open:
            self.line(self._open)
        if self._error is None:
            return
        before = [line for line in self._last if line != self._error]
        raise Rejected("build_failed", "\n".join([self._error, *before]), fix=_LOOK_AT_LOG)

    def line(self, text: str) -> None:
        line = (self._redaction.shown(text) or "").rstrip()
        if line:
            self._log(line)
            self._last.append(line)


def _settle(
    client: Client,
    workflow_id: str | None,
    where: str | None,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Wait until the engine has stopped working on a cancelled build, before an undo starts.

    It may still start the container of the current step and then kill it, so wait until there has
    been no container and no new image for a while.
    """
    if workflow_id is None:
        return
    begun = quiet_since = time.monotonic()
    seen: object = None
    try:
        with translated(where):
            while time.monotonic() - begun < _SETTLE_S:
                now = find(client, workflow_id)
                if now != seen or any(made.kind == "container" for made in now):
                    seen, quiet_since = now, time.monotonic()
                if time.monotonic() - quiet_since >= _QUIET_S:
                    return
                pause(_LOOK_S)
    except StepError:
        return  # the reason for the cut is raised instead
