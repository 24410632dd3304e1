"""The whole local system with a world in memory, and what an operator does at its door."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from slipway import wiring
from slipway.adapters.memory.cluster import MemoryCluster
from slipway.adapters.memory.engine import MemoryEngine
from slipway.adapters.memory.registry import MemoryRegistry
from slipway.adapters.memory.scanner import MemoryScanner
from slipway.adapters.memory.world import MemoryWorld
from slipway.containerize.ports import Manifest, Probe
from slipway.containerize.scanning import ScanReport
from slipway.saga import Saga, Unavailable
from slipway.settings import Settings
from slipway_local.cli.client import Client
from slipway_local.cli.exits import CliError
from slipway_local.engines.probe import Rehearsal
from slipway_local.system import LocalSystem, Options

REGISTRY = "registry.test:5000/apps"
View = dict[str, Any]
WITHIN_S = 60
_APP = 'from flask import Flask\n\napp = Flask(__name__)\nVERSION = "{}"\n'


@dataclass
class Trouble:
    """Effects that begin with one of `away` are not possible; `on` is called once, before its own.

    While `crashes`, no new version becomes ready.
    """

    away: set[str] = field(default_factory=set)
    on: dict[str, Callable[[], object]] = field(default_factory=dict)
    crashes: bool = False

    def before(self, effect: str) -> None:
        for beginning in [each for each in self.on if effect.startswith(each)]:
            self.on.pop(beginning)()
        if any(effect.startswith(each) for each in self.away):
            raise Unavailable("away", f"{effect.partition(' ')[0]} is not possible now")

    def mend(self) -> None:
        self.away.clear()
        self.crashes = False

    def after(self, effect: str) -> None:
        """Nothing goes wrong when it is done."""

    def rollout(self, _deployment: Manifest) -> tuple[str, str] | None:
        return ("crash_loop", "it ends again and again") if self.crashes else None


@dataclass
class Source:
    trouble: Trouble
    version: str = "1"

    def fetch(self, _source: Mapping[str, Any], into: Path) -> str:
        self.trouble.before("fetch")
        (into / "requirements.txt").write_text("flask==3.1.0\n")
        (into / "app.py").write_text(_APP.format(self.version))
        return f"version {self.version}"


class Scanner(MemoryScanner):
    def __init__(self, trouble: Trouble) -> None:
        super().__init__()
        self._trouble = trouble

    def scan(self, image_id: str) -> ScanReport:
        self._trouble.before("scan")
        return super().scan(image_id)


class Cluster(MemoryCluster):
    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble, trouble.rollout)
        self._trouble = trouble

    def probe(self, namespace: str, service: str, port: int, path: str) -> Probe:
        self._trouble.before("probe")
        return super().probe(namespace, service, port, path)


class Desk:
    def __init__(self, system: LocalSystem, ports: Mapping[str, Any], trouble: Trouble) -> None:
        self.system, self.trouble = system, trouble
        self.world: MemoryWorld = ports["world"]
        self.registry: MemoryRegistry = ports["registry"]
        self.cluster: MemoryCluster = ports["cluster"]
        self.source: Source = ports["source"]
        self.client = Client(system.url, system.token)

    def ask(self, app: str, env: Mapping[str, str] | None = None, **more: Any) -> str:
        source = {"git": {"url": "https://git.test/shop"}}
        body = {"source": source, "app": {"name": app, "env": env or {}}, **more}
        return str(self.client.post("/workflows", body)["workflow_id"])

    def end(self, workflow_id: str) -> View:
        assert self.system.wait_idle(WITHIN_S)
        return self.view(workflow_id)

    def run(self, app: str, **more: Any) -> View:
        return self.end(self.ask(app, **more))

    def view(self, workflow_id: str) -> View:
        return self.client.get(f"/workflows/{workflow_id}")

    def post(self, path: str, **body: Any) -> View:
        return self.client.post(path, body)

    def cancel_newest(self, reason: str) -> View:
        """The workflow at work: a step may run before the answer to the request was read."""
        machines = boto3.client("stepfunctions", region_name="eu-central-1")
        (machine,) = machines.list_state_machines()["stateMachines"]
        running = machines.list_executions(
            stateMachineArn=machine["stateMachineArn"], statusFilter="RUNNING"
        )["executions"]
        newest = max(running, key=lambda each: each["startDate"])
        return self.post(f"/workflows/{newest['name']}/cancel", reason=reason)

    def resolve(self, workflow_id: str, step: str, **body: Any) -> View:
        return self.post(f"/workflows/{workflow_id}/steps/{step}/resolve", **body)

    def saga(self, workflow_id: str) -> Saga:
        return wiring.store().load(workflow_id)

    def outside(self) -> tuple[object, object]:
        """Engine, registry and cluster, to compare."""
        return self.world.snapshot(), self.cluster.snapshot()


def step_of(view: View, name: str) -> View:
    return next(dict(step) for step in view["steps"] if step["name"] == name)


def refused(act: Callable[[], object]) -> str:
    """The code of the refusal."""
    try:
        act()
    except CliError as stop:
        return stop.code
    return "accepted"


@contextmanager
def operating(state: Path, real: Collection[str] = (), **settings: Any) -> Iterator[Desk]:
    """`real` are ports that nothing stands in for."""
    trouble = Trouble()
    world = MemoryWorld(trouble)
    ports: dict[str, Any] = {
        "engine": MemoryEngine(world),
        "registry": MemoryRegistry(world),
        "scanner": Scanner(trouble),
        "cluster": Cluster(trouble),
        "source": Source(trouble),
    }
    given = Settings(state=str(state), registry=REGISTRY, **settings)
    served = {name: port for name, port in ports.items() if name not in real}
    options = Options(ports=served, rehearsal=Rehearsal(), retry_scale=0.001)
    with LocalSystem(given, options) as system:
        desk = Desk(system, {**ports, "world": world}, trouble)
        yield desk
        desk.client.close()
