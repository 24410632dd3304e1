"""CodeBuild on this machine: what StartBuild was given is carried out, against the real engines."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from threading import Event, Thread
from typing import Any

import boto3
from tests.codebuild_machine import Machine
from tests.codebuild_on_moto import CodeBuildOnMoto, event_of, failed_in, told_to
from tests.engine.story import wait_until

from slipway.adapters.docker_engine import DockerEngine
from slipway.saga.errors import Unavailable

_ARN_PARTS = 7
ENDS_WITHIN_S = 120

Hear = Callable[[Mapping[str, Any]], None]


class CodeBuildHere(CodeBuildOnMoto):
    """`hear` is told of each end, as by EventBridge. `commands` is a folder with the command `aws`.

    A build's machine has this machine's engine; what the build left there goes when it ends.
    """

    def __init__(self, folder: Path, commands: Path, engine: DockerEngine, hear: Hear) -> None:
        super().__init__(os.environ["AWS_REGION"])
        self.hear = hear
        self._folder, self._engine = folder, engine
        aws = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
        host = {"DOCKER_HOST": os.environ["DOCKER_HOST"]}
        self._variables = aws | host | {"PATH": f"{commands}:{os.environ['PATH']}"}
        self._running: dict[str, _Running] = {}

    def wait(self) -> None:
        """Until no build runs, and each end was told."""
        for running in list(self._running.values()):
            running.thread.join(ENDS_WITHIN_S)
            assert not running.thread.is_alive(), "a build does not end"

    def _begins(self, build: dict[str, Any]) -> None:
        number = len(self.given) - 1
        variables = self._variables | resolved(build["environment"]["environmentVariables"])
        machine = Machine(
            Path(mkdtemp(dir=self._folder)), variables, lambda line: self.print(line, number=number)
        )
        self._running[build["id"]] = _Running(machine, Thread(target=self._run, args=(build,)))
        self._running[build["id"]].thread.start()

    def _run(self, build: dict[str, Any]) -> None:
        running = self._running[build["id"]]
        succeeded = running.machine.run(self.given[build["id"]]["buildspecOverride"])
        self._clear(build)
        running.is_gone.set()
        if build["buildStatus"] == "IN_PROGRESS":
            for phase, why in running.machine.failures.items():
                failed_in(build, phase, why)
            self._ended(build, "SUCCEEDED" if succeeded else "FAILED")
        self.hear(event_of(build))

    def _stops(self, build: dict[str, Any]) -> None:
        running = self._running[build["id"]]
        running.machine.stop()
        assert running.is_gone.wait(ENDS_WITHIN_S), "a build does not stop"

    def _clear(self, build: dict[str, Any]) -> None:
        told = told_to(build)
        self._engine.untag(told["SLIPWAY_IMAGE"])
        wait_until(lambda: self._is_cleared(told["SLIPWAY_WORKFLOW"]), ENDS_WITHIN_S)

    def _is_cleared(self, workflow: str) -> bool:
        """The engine itself may be at it: it ends a build whose client was killed."""
        try:
            self._engine.remove_made_by(workflow)
        except Unavailable:
            return False
        return True


@dataclass(frozen=True)
class _Running:
    machine: Machine
    thread: Thread
    is_gone: Event = field(default_factory=Event)


def resolved(variables: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """As a build sees them: a secret is named by its ARN and a key of its JSON."""
    return {each["name"]: _value(each) for each in variables}


def _value(variable: Mapping[str, str]) -> str:
    if variable["type"] == "PLAINTEXT":
        return variable["value"]
    assert variable["type"] == "SECRETS_MANAGER", variable
    parts = variable["value"].split(":")
    secret = boto3.client("secretsmanager").get_secret_value(SecretId=":".join(parts[:_ARN_PARTS]))
    return str(json.loads(secret["SecretString"])[parts[_ARN_PARTS]])
