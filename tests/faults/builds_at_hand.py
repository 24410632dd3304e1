"""CodeBuild's client, as far as the adapter calls it, for cells that are too many for moto's."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from tests.codebuild_on_moto import PROJECT, pushed

from slipway.adapters.codebuild_builds import RUNNING
from slipway.adapters.memory.world import MemoryWorld

_ENDS_AFTER = 2


class BuildsAtHand:
    """A build ends when time has passed twice, and has pushed then; one that is stopped does not.

    Keyword arguments and answers are CodeBuild's own.
    """

    def __init__(self, world: MemoryWorld) -> None:
        self._world = world
        self._builds: dict[str, dict[str, Any]] = {}
        self._ages: dict[str, int] = {}

    @property
    def running(self) -> list[str]:
        return [name for name, build in self._builds.items() if build["buildStatus"] == RUNNING]

    def pass_time(self) -> None:
        for name in self.running:
            self._ages[name] += 1
            if self._ages[name] == _ENDS_AFTER:
                pushed(self._world, self._builds[name], len(self._builds))
                self._end(name, "SUCCEEDED")

    def start_build(
        self,
        *,
        idempotencyToken: str,  # noqa: N803  (CodeBuild's own name)
        environmentVariablesOverride: Sequence[Mapping[str, str]],  # noqa: N803  (the same)
        **_: object,
    ) -> None:
        name = f"{PROJECT}:{idempotencyToken}"
        if name not in self._builds:
            self._ages[name] = 0
            self._builds[name] = {
                "id": name,
                "buildStatus": RUNNING,
                "startTime": datetime.now(UTC),
                "environment": {"environmentVariables": environmentVariablesOverride},
            }

    def list_builds_for_project(self, **_: object) -> dict[str, Any]:
        return {"ids": list(reversed(self._builds))}

    def batch_get_builds(self, *, ids: Sequence[str]) -> dict[str, Any]:
        return {"builds": [dict(self._builds[each]) for each in ids]}

    def stop_build(self, *, id: str) -> None:  # noqa: A002  (CodeBuild's own name)
        if id in self.running:
            self._end(id, "STOPPED")

    def _end(self, name: str, status: str) -> None:
        self._builds[name] |= {"buildStatus": status, "endTime": datetime.now(UTC)}
