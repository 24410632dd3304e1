"""What CodeBuild's machine does with a buildspec of version 0.2, as its reference has it.

Each command is a shell process of its own, in the variables and the folder that the one before it
left; functions are not handed on. What gets by with that gets by with one shell for all, too.
"""

import os
import shlex
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field

PhaseName = Literal["install", "pre_build", "build", "post_build"]
PHASES: tuple[PhaseName, ...] = get_args(PhaseName)
_STRICT = ConfigDict(extra="forbid", frozen=True)


class Phase(BaseModel):
    model_config = _STRICT

    commands: Sequence[str] = ()
    in_any_case: Sequence[str] = Field(default=(), alias="finally")
    on_failure: Literal["ABORT"] | None = Field(default=None, alias="on-failure")


class Environment(BaseModel):
    model_config = _STRICT

    shell: Literal["bash", "sh"] = "sh"
    variables: Mapping[str, str] = Field(default_factory=dict)


class Buildspec(BaseModel):
    """What is not named here is refused: it would not be done."""

    model_config = _STRICT

    version: Annotated[float, Field(ge=0.2, le=0.2)]
    env: Environment = Environment()
    phases: Mapping[PhaseName, Phase]


class Machine:
    """`folder` is empty and its own; `say` takes each line of the log. It serves one build."""

    def __init__(
        self, folder: Path, variables: Mapping[str, str], say: Callable[[str], None]
    ) -> None:
        self._source, self._kept = folder / "src", folder / "kept"
        self._source.mkdir()
        self._at = str(self._source)
        self._variables = {**variables, "CODEBUILD_SRC_DIR": self._at, "HOME": str(folder)}
        self._say = say
        self._guard = threading.Lock()
        self._shell: subprocess.Popen[str] | None = None
        self._is_stopped = False
        self.failures: dict[str, str] = {}
        """Name of a phase → what CodeBuild says of it."""

    def run(self, text: str) -> bool:
        """Say whether all phases succeeded. A build that failed still has its post_build."""
        spec = Buildspec.model_validate(yaml.safe_load(text))
        self._variables |= spec.env.variables
        for name in PHASES:
            phase = spec.phases.get(name, Phase())
            self._variables["CODEBUILD_BUILD_SUCCEEDING"] = "0" if self.failures else "1"
            self._do(name.upper(), phase, spec.env.shell)
            failed = name.upper() in self.failures
            if self._is_stopped or (failed and (name != "build" or phase.on_failure == "ABORT")):
                break
        return not self.failures

    def stop(self) -> None:
        """At once, with all that it runs."""
        with self._guard:
            self._is_stopped = True
            if self._shell is not None:
                with suppress(ProcessLookupError):
                    os.killpg(self._shell.pid, signal.SIGKILL)

    def _do(self, name: str, phase: Phase, shell: str) -> None:
        self._tell(f"Entering phase {name}")
        failure = self._first_failure(phase.commands, shell)
        afterwards = self._first_failure(phase.in_any_case, shell)
        failure = failure or afterwards
        state = "FAILED" if failure else "SUCCEEDED"
        self._tell(f"Phase complete: {name} State: {state}")
        code = "COMMAND_EXECUTION_ERROR" if failure else ""
        self._tell(f"Phase context status code: {code} Message: {failure}")
        if failure:
            self.failures[name] = failure

    def _first_failure(self, commands: Sequence[str], shell: str) -> str:
        """Empty when there was none; nothing is done after it."""
        for command in commands:
            self._tell(f"Running command {command}")
            status = self._status_of(shell, command)
            if status:
                return f"Error while executing command: {command}. Reason: exit status {status}"
        return ""

    def _status_of(self, shell: str, command: str) -> int:
        kept = shlex.quote(str(self._kept))
        script = f"trap 'env -0 >{kept}.env; pwd >{kept}.pwd' EXIT\n{command}"
        with self._guard:
            if self._is_stopped:
                return -signal.SIGKILL
            self._shell = subprocess.Popen(
                [shell, "-c", script],
                cwd=self._at,
                env=self._variables,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        with self._shell as process:
            for line in process.stdout or ():
                self._say(line)
        if not self._is_stopped:
            self._keep()
        return process.returncode

    def _keep(self) -> None:
        pairs = self._kept.with_suffix(".env").read_text().rstrip("\0").split("\0")
        self._variables = dict(pair.split("=", 1) for pair in pairs)
        self._at = self._kept.with_suffix(".pwd").read_text().removesuffix("\n")

    def _tell(self, words: str) -> None:
        self._say(f"[Container] {words}\n")
