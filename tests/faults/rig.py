"""The pipeline on stand-ins in memory: everything a workflow needs to run inside a test."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.codebuild_on_moto import PROJECT
from tests.faults.builds_at_hand import BuildsAtHand

from slipway import wiring
from slipway.adapters.codebuild_builds import Builds
from slipway.adapters.codebuild_buildspec import Place
from slipway.adapters.codebuild_engine import CodeBuildEngine
from slipway.adapters.memory.cluster import MemoryCluster
from slipway.adapters.memory.engine import MemoryEngine
from slipway.adapters.memory.registry import MemoryRegistry
from slipway.adapters.memory.scanner import MemoryScanner
from slipway.adapters.memory.workspace import MemoryWorkspace
from slipway.adapters.memory.world import Hooks, MemoryWorld
from slipway.containerize.build_settings import BuildSettings
from slipway.containerize.ports import Credentials, Engine, Workspace
from slipway.containerize.reference import host_of
from slipway.containerize.scanning import ScanReport
from slipway.containerize.target import Target
from slipway.containerize.workspace_keys import is_audit
from slipway.messages.requests import ContainerizeRequest
from slipway.saga import Behaviour, Runner, Saga, WorkflowRecord, transitions
from slipway.saga.driver import InProcessDriver
from slipway.saga.endings import Endings
from slipway.saga.memory import MemoryStore
from slipway.saga.parking import park
from slipway.saga.step import RunsSteps
from slipway.saga.task_callbacks import TaskCallbacks
from steps import PLAN

OWNER = "anna"
REGISTRY = "registry.test:5000/apps"
REPOSITORY = f"{REGISTRY}/shop"
BEHAVIOURS: Mapping[str, Behaviour] = {
    step.name: import_module(f"steps.{step.name}").execute.behaviour for step in PLAN
}
_CLOCK = datetime(2030, 3, 2, 12, tzinfo=UTC)
_APP = {
    "requirements.txt": "flask==3.1.0\n",
    "app.py": 'from flask import Flask\n\napp = Flask(__name__)\nVERSION = "{version}"\n',
}


@dataclass
class FolderSource:
    """A small web shop; `version` is written into its code."""

    version: str = "1"
    files: dict[str, str] = field(default_factory=lambda: dict(_APP))

    def fetch(self, _source: Mapping[str, Any], into: Path) -> str:
        for name, text in self.files.items():
            (into / name).write_text(text.replace("{version}", self.version))
        return f"version {self.version}"


@dataclass
class Wallet:
    login: Credentials | None = None

    def for_repository(self, _repository: str) -> Credentials | None:
        return self.login


class Rig:
    """A world in memory, a store, and sagas that run in it. No pause takes time, `now` stands.

    Nobody starts the executions that events ask for.
    """

    def __init__(self, hooks: Hooks | None = None) -> None:
        self.now = _CLOCK
        self.source, self.wallet = FolderSource(), Wallet()
        self.images = MemoryWorld(hooks)
        self.registry = MemoryRegistry(self.images, self.wallet)
        self.engine: Engine = MemoryEngine(self.images)
        self.scanner = MemoryScanner(ScanReport("scanned", "shelf", counts={"LOW": 1}, sbom=b"{}"))
        self.cluster = MemoryCluster(hooks)
        self.workspace = MemoryWorkspace()
        self.store = MemoryStore()
        self.callbacks = TaskCallbacks()
        self.instead: dict[str, object] = {}
        self.outside: BuildsAtHand | None = None
        self.runner: RunsSteps = Runner(
            PLAN, self.store, lambda: self.now, tasks=lambda: self.callbacks, relayed=False
        )

    def build_outside(self) -> None:
        """From now on images are built on CodeBuild, and lie in the registry at once."""
        self.outside = BuildsAtHand(self.images)
        builds, place = Builds(self.outside, PROJECT, _no_pause), Place("bucket", 60)
        self.engine = CodeBuildEngine(builds, _no_lines, self.registry, self.workspace, place)
        self.instead["outside_builds"] = builds

    def lock_registry(self, login: Credentials) -> None:
        """From now on it wants this login, and the user has it."""
        self.images.accounts[host_of(REGISTRY)] = self.wallet.login = login

    @property
    def ports(self) -> dict[str, object]:
        """By the names of the wiring."""
        return {
            "workspace": self.workspace,
            "source": self.source,
            "engine": self.engine,
            "registry": self.registry,
            "cluster": self.cluster,
            "scanner": self.scanner,
            "credentials": self.wallet,
            "build_settings": BuildSettings(),
            "target": Target(REGISTRY),
            "pause": _no_pause,
            **self.instead,
        }

    def wired(self) -> AbstractContextManager[None]:
        return wiring.use(**self.ports, store=self.store, tasks=self.callbacks)

    def submit(self, workflow_id: str, **request: Any) -> str:
        asked = a_request(**request)
        record = WorkflowRecord(
            workflow_id=workflow_id,
            definition=PLAN.name,
            definition_version=PLAN.version,
            request=asked.model_dump(mode="json"),
            owner=OWNER,
            lock=f"test/{asked.app.target_namespace}/{asked.app.name}",
            created_at=self.now,
            updated_at=self.now,
        )
        steps = [step.name for step in PLAN]
        self.store.commit(transitions.requested(record, None, steps))
        return workflow_id

    def run(
        self, workflow_id: str, runner: RunsSteps | None = None, execution: str | None = None
    ) -> Saga:
        with self.wired():
            self.driver(runner).run(workflow_id, execution)
        return self.store.load(workflow_id)

    def driver(self, runner: RunsSteps | None = None) -> InProcessDriver:
        told_by = runner or self.runner
        return InProcessDriver(PLAN, told_by, BEHAVIOURS, self._endings(), callbacks=self.callbacks)

    def world(self, workflow_id: str, workspace: Workspace | None = None) -> dict[str, Any]:
        """What is outside, less the reports and logs that a rollback of this workflow keeps."""
        objects = workspace or self.workspace
        keys = [k for k in objects.keys("workflows/") if not is_audit(workflow_id, k)]
        return {
            "images": self.images.snapshot(),
            "cluster": self.cluster.snapshot(),
            "workspace": {key: objects.get(key) for key in keys},
            "builds": self.outside.running if self.outside else [],
        }

    def _endings(self) -> Endings:
        return Endings.of(PLAN, self.store, wiring.inspectors(), self._park, lambda: self.now)

    def _park(self, step: str, workflow_id: str, execution: str) -> None:
        park(PLAN, self.store, workflow_id, step, lambda: self.now, "token", execution)


def a_request(**changes: Any) -> ContainerizeRequest:
    """Of the shop; `app`, `image` and `options` may be given in parts."""
    source, app = {"git": {"url": "https://git.test/shop"}}, changes.pop("app", {})
    given = {"source": source, "app": {"name": "shop", **app}, **changes}
    return ContainerizeRequest.model_validate(given)


def _no_lines(_group: str, _stream: str) -> Iterator[str]:
    """No build says anything."""
    return iter(())


def _no_pause(_seconds: float) -> None:
    """No test waits."""
