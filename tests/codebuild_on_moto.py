"""CodeBuild as far as moto has it, and what it lacks: a build runs until the test ends it.

moto ends every build as soon as it is looked at, and forgets variables and idempotency tokens.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError
from moto.codebuild.models import CodeBuildBackend
from moto.codebuild.responses import CodeBuildResponse
from moto.core.responses import ActionResult

from slipway.adapters.memory.world import MemoryWorld
from slipway.containerize.reference import repository_of, tag_of
from slipway_local.glue.patching import replaced

PROJECT = "slipway-test-builder"
GROUP = "/slipway/test/builds"
_TWICE = Config(retries={"total_max_attempts": 2})
_ROLE = "arn:aws:iam::123456789012:role/builder"


@dataclass(frozen=True)
class Names:
    """Of the project, and of the group that its builds' logs are in."""

    project: str = PROJECT
    group: str = GROUP


_OF_TESTS = Names()


class CodeBuildOnMoto:
    """`lose_answers` counts StartBuilds to lose. What happens in a build is a subclass's word."""

    def __init__(self, region: str, names: Names = _OF_TESTS) -> None:
        self._names = names
        self.lose_answers = 0
        self.given: dict[str, dict[str, Any]] = {}
        self._builds: dict[str, dict[str, Any]] = {}
        self._tokens: dict[str, str] = {}
        self.client = boto3.client("codebuild", region_name=region, config=_TWICE)
        self._logs = boto3.client("logs", region_name=region)

    @contextmanager
    def serving(self) -> Iterator[None]:
        self.client.create_project(
            name=self._names.project,
            source={"type": "NO_SOURCE", "location": "-"},
            artifacts={"type": "NO_ARTIFACTS"},
            environment={"type": "LINUX_CONTAINER", "image": "x", "computeType": _SMALL},
            serviceRole=_ROLE,
        )
        self._logs.create_log_group(logGroupName=self._names.group)
        with ExitStack() as stack:
            for owner, name, instead in (
                (CodeBuildResponse, "start_build", self._start),
                (CodeBuildBackend, "batch_get_builds", self._look),
                (CodeBuildBackend, "stop_build", self._stop),
            ):
                stack.enter_context(replaced(owner, name, _method(instead)))
            yield
        self.client.delete_project(name=self._names.project)
        self._logs.delete_log_group(logGroupName=self._names.group)

    @property
    def statuses(self) -> list[str]:
        """Oldest first."""
        return [build["buildStatus"] for build in self._builds.values()]

    @property
    def newest(self) -> dict[str, str]:
        """The variables of the newest build."""
        return told_to(list(self._builds.values())[-1])

    def print(self, *lines: str, number: int = -1) -> None:
        logs = list(self._builds.values())[number]["logs"]
        events = [{"timestamp": _now_ms() + n, "message": line} for n, line in enumerate(lines)]
        self._logs.put_log_events(
            logGroupName=logs["groupName"], logStreamName=logs["streamName"], logEvents=events
        )

    def end(self, status: str = "SUCCEEDED", phase: str = "BUILD") -> Mapping[str, Any]:
        """The newest build ends. Answers the event that is told of it."""
        build = list(self._builds.values())[-1]
        if status != "SUCCEEDED":
            failed_in(build, phase, f"{phase} ended with 1")
        self._ended(build, status)
        return event_of(build)

    def _begins(self, build: dict[str, Any]) -> None: ...

    def _stops(self, build: dict[str, Any]) -> None: ...

    def _start(self, response: Any) -> ActionResult:
        token = response._get_param("idempotencyToken")
        if token not in self._tokens:
            self._tokens[token] = self._begun(response)
        if self.lose_answers:
            self.lose_answers -= 1
            raise ReadTimeoutError(endpoint_url="codebuild")
        return ActionResult({"build": self._builds[self._tokens[token]]})

    def _begun(self, response: Any) -> str:
        build: dict[str, Any] = response.codebuild_backend.start_build(self._names.project)
        given = response._get_param("environmentVariablesOverride")
        build["environment"]["environmentVariables"] = given
        stream = build["id"].rpartition(":")[2]
        build["logs"] = {"groupName": self._names.group, "streamName": stream}
        self._logs.create_log_stream(logGroupName=self._names.group, logStreamName=stream)
        self._builds[build["id"]] = build
        limits = ("timeoutInMinutesOverride", "buildspecOverride")
        self.given[build["id"]] = {name: response._get_param(name) for name in limits}
        self._begins(build)
        return str(build["id"])

    def _look(self, _backend: Any, ids: list[str]) -> list[dict[str, Any]]:
        return [self._builds[each] for each in ids if each in self._builds]

    def _stop(self, _backend: Any, build_id: str) -> dict[str, Any]:
        build = self._builds[build_id]
        if build["buildStatus"] == "IN_PROGRESS":
            self._ended(build, "STOPPED")
            self._stops(build)
        return build

    def _ended(self, build: dict[str, Any], status: str) -> None:
        build["buildStatus"], build["buildComplete"] = status, True
        build["endTime"] = datetime.now(UTC).isoformat()


class CodeBuildInMemory(CodeBuildOnMoto):
    """`world` is the registry that builds push to; the test ends them."""

    def __init__(self, world: MemoryWorld, region: str, names: Names = _OF_TESTS) -> None:
        super().__init__(region, names)
        self._world = world

    def push_late(self) -> None:
        """A build that nobody reached in time pushes all the same."""
        pushed(self._world, list(self._builds.values())[-1], len(self._builds))

    def end(self, status: str = "SUCCEEDED", phase: str = "BUILD") -> Mapping[str, Any]:
        if status == "SUCCEEDED":
            self.push_late()
        return super().end(status, phase)


def pushed(world: MemoryWorld, build: Mapping[str, Any], number: int) -> None:
    """What the build was told to make is in the registry; `number` tells its digest from others."""
    told = told_to(build)
    repository = repository_of(told["SLIPWAY_IMAGE"])
    digest = f"sha256:{number:064x}"
    flags = (flag.partition("=") for flag in told["SLIPWAY_FLAGS"].split())
    labels = [value.partition("=") for flag, _, value in flags if flag == "--label"]
    world.manifests[repository, digest] = {name: value for name, _, value in labels}
    world.tags[repository, tag_of(told["SLIPWAY_IMAGE"])] = digest


def told_to(build: Mapping[str, Any]) -> dict[str, str]:
    """Its variables."""
    return {v["name"]: v["value"] for v in build["environment"]["environmentVariables"]}


def failed_in(build: dict[str, Any], phase: str, why: str) -> None:
    told = {"phaseType": phase, "phaseStatus": "FAILED", "contexts": [{"message": why}]}
    build["phases"].append(told)


_SMALL = "BUILD_GENERAL1_SMALL"


def _method(bound: Any) -> Any:
    """A function, so that it is given the object whose method it replaces."""

    def method(itself: Any, *args: Any, **kwargs: Any) -> Any:
        return bound(itself, *args, **kwargs)

    return method


def _now_ms() -> int:
    return int(datetime.now(UTC).timestamp() * 1000)


def event_of(build: Mapping[str, Any]) -> Mapping[str, Any]:
    detail = {
        "build-id": build["arn"],
        "project-name": PROJECT,
        "build-status": build["buildStatus"],
    }
    return {
        "source": "aws.codebuild",
        "detail-type": "CodeBuild Build State Change",
        "detail": detail,
    }
