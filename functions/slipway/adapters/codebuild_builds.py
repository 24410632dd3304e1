"""Start, find and stop the builds of a CodeBuild project."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from slipway.adapters.aws_errors import aws_errors
from slipway.adapters.codebuild_buildspec import BUILDSPEC, IMAGE, WORKFLOW, variable_of
from slipway.containerize.build_settings import LONGEST_BUILD_MIN, LONGEST_QUEUE_MIN
from slipway.messages.clock import Clock, utc_now
from slipway.saga.errors import Unavailable

RUNNING = "IN_PROGRESS"
_LOOK_BACK = timedelta(minutes=LONGEST_BUILD_MIN + LONGEST_QUEUE_MIN + 60)
"""A build that started earlier than this has ended."""
_JUST_ENDED = timedelta(minutes=10)
"""Longer than a task's heartbeat timeout, so that a lost build event is made up for."""
_STOPS_WITHIN_S = 90


@dataclass(frozen=True)
class Begun:
    """A build as BatchGetBuilds describes it, with CodeBuild's `status`.

    `log` is a log group and stream, `failed_phase` a phase's type and messages.
    """

    id: str
    workflow_id: str
    image: str
    status: str
    ended_at: datetime | None
    log: tuple[str, str] | None
    failed_phase: tuple[str, str] | None


class Builds:
    """`client` is the low-level CodeBuild client. `pause` sleeps for a number of seconds."""

    def __init__(
        self,
        client: Any,
        project: str,
        pause: Callable[[float], None],
        now: Clock = utc_now,
    ) -> None:
        self._client = client
        self._project = project
        self._pause = pause
        self._now = now

    def start(self, token: str, variables: Sequence[Mapping[str, str]], limit_min: int) -> None:
        """Idempotent by `token`: a retry after a lost response starts no second build."""
        with aws_errors("start a build"):
            self._client.start_build(
                projectName=self._project,
                idempotencyToken=token,
                environmentVariablesOverride=list(variables),
                buildspecOverride=BUILDSPEC,
                timeoutInMinutesOverride=limit_min,
                queuedTimeoutInMinutesOverride=LONGEST_QUEUE_MIN,
            )

    def of(self, workflow_id: str) -> Sequence[Begun]:
        """Return the workflow's builds, newest first."""
        return [each for each in self._recent() if each.workflow_id == workflow_id]

    def lately(self) -> Sequence[str]:
        """Return the workflows whose builds are running or ended in the last ten minutes."""
        since = self._now() - _JUST_ENDED
        found = [b.workflow_id for b in self._recent() if b.ended_at is None or b.ended_at > since]
        return list(dict.fromkeys(found))

    def workflow_of(self, build_id: str) -> str | None:
        """`build_id` may be an ARN. Returns None for a build that Slipway did not start."""
        builds = self._described([build_id.rpartition(":build/")[2]])
        return variable_of(builds[0], WORKFLOW) if builds else None

    def stop(self, build: Begun) -> None:
        """Stop the build and wait for its end, so that it cannot push after an undo."""
        with aws_errors("stop a build"):
            self._client.stop_build(id=build.id)
        for _ in range(_STOPS_WITHIN_S):
            if self._described([build.id])[0]["buildStatus"] != RUNNING:
                return
            self._pause(1)
        raise Unavailable("build_still_stopping", f"CodeBuild has not stopped {build.id} yet")

    def _recent(self) -> Iterator[Begun]:
        oldest, given = self._now() - _LOOK_BACK, dict[str, str]()
        while True:
            with aws_errors("list builds"):
                page = self._client.list_builds_for_project(
                    projectName=self._project, sortOrder="DESCENDING", **given
                )
            builds = self._described(page["ids"]) if page["ids"] else []
            builds.sort(key=lambda build: build["startTime"], reverse=True)
            yield from (_begun(build) for build in builds if build["startTime"] > oldest)
            if not page.get("nextToken") or not builds or builds[-1]["startTime"] <= oldest:
                return
            given = {"nextToken": page["nextToken"]}

    def _described(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        with aws_errors("describe builds"):
            found: list[dict[str, Any]] = self._client.batch_get_builds(ids=list(ids))["builds"]
        return found


def _begun(build: Mapping[str, Any]) -> Begun:
    running, logs = build["buildStatus"] == RUNNING, build.get("logs", {})
    named = "groupName" in logs and "streamName" in logs
    return Begun(
        id=build["id"],
        workflow_id=variable_of(build, WORKFLOW) or "",
        image=variable_of(build, IMAGE) or "",
        status=build["buildStatus"],
        ended_at=None if running else build.get("endTime", build["startTime"]),
        log=(logs["groupName"], logs["streamName"]) if named else None,
        failed_phase=next(_failed_phases(build), None),
    )


def _failed_phases(build: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for phase in build.get("phases", ()):
        if phase.get("phaseStatus") == "FAILED":
            words = [each.get("message", "") for each in phase.get("contexts", ())]
            yield phase["phaseType"], " ".join(words).strip()
