"""In-memory build: a chain of images determined by the Dockerfile and the context."""

import threading
import time
from collections.abc import Mapping

from slipway.adapters.memory.dockerfile_steps import Instruction, content_hash, instructions
from slipway.adapters.memory.images import Image, image_id
from slipway.adapters.memory.world import MemoryWorld
from slipway.containerize.engine_images import refused_triggers
from slipway.containerize.ports import Build, Log, Stop
from slipway.saga.errors import Rejected

_ASK_S = 0.02
_READS_CONTEXT = {"ADD", "COPY"}


class EngineBuild:
    """Leaves one image per instruction, even when a build fails, like the classic builder."""

    def __init__(self, world: MemoryWorld, build: Build, log: Log, stop: Stop) -> None:
        self._world, self._build, self._log, self._stop = world, build, log, stop
        self._content = content_hash(build.context)
        self._deadline = time.monotonic() + build.timeout_s
        self._at: str | None = None
        self._labels: Mapping[str, str] = {}
        self._triggers: tuple[str, ...] = ()

    def run(self) -> str:
        for base in self._build.bases:
            held = self._world.images.named(base.reference)
            if held and held.triggers:
                raise refused_triggers(base.reference)
        steps = instructions(self._build.context, self._build.dockerfile)
        for number, step in enumerate(steps, 1):
            self._log(f"Step {number}/{len(steps)} : {step}")
            self._take(step)
        return self._commit("labels", str(sorted(self._build.labels.items())), self._build.labels)

    def _take(self, step: Instruction) -> None:
        self._wait(step.sleeps_s)
        if step.exit_code:
            message = (
                f"The command '/bin/sh -c {step.rest}' returned a non-zero code: {step.exit_code}"
            )
            self._log(message)
            raise Rejected("build_failed", message, fix="read the build's log")
        if step.word == "FROM":
            base = self._world.images.named(step.base)
            self._at = base.id if base else image_id("base", step.base)
            self._labels, self._triggers = base.labels if base else {}, ()
            return
        if step.word == "ONBUILD":
            self._triggers += (step.rest,)
        content = self._content if step.word in _READS_CONTEXT else ""
        self._commit(str(step), content, step.labels)

    def _commit(self, step: str, content: str, labels: Mapping[str, str]) -> str:
        """Images without labels are not stored, as no workflow owns them."""
        self._labels = {**self._labels, **labels}
        made = Image(
            image_id(self._at or "", step, content), self._at, self._labels, self._triggers
        )
        if self._labels:
            with self._world.effect(f"build {made.id}"):
                self._world.images.put(made)
        self._at = made.id
        return made.id

    def _wait(self, seconds: int) -> None:
        """Check `stop` at least once, and until a `sleep` of the Dockerfile has passed."""
        until, nothing = time.monotonic() + seconds, threading.Event()
        while True:
            if self._stop():
                raise Rejected("cancelled", "the build was stopped")
            now = time.monotonic()
            if now >= self._deadline:
                took = f"the build took longer than {self._build.timeout_s} s"
                raise Rejected("build_timeout", took, fix="shorten the build")
            if now >= until:
                return
            nothing.wait(_ASK_S)
