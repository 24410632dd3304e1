"""The pipeline beside the calls that one would make by hand, in turn: A B A B."""

import os
import secrets
import time
from collections.abc import Sequence
from contextlib import closing
from statistics import median
from tempfile import TemporaryDirectory

import docker
from tests.bench.asking import APPS
from tests.bench.by_hand import Phases, deploy
from tests.bench.cleaning import clean
from tests.bench.figures import Row, Sample, say, show, show_times
from tests.bench.pipeline import OWN, Pipelined, through_the_pipeline
from tests.bench.recipes import recipe_of
from tests.engines import settings as engines

from slipway import wiring
from slipway.adapters.kubernetes_client import from_kubeconfig
from slipway.settings import Settings
from slipway_local.cli.client import Client
from slipway_local.system import LocalSystem

APP, ROUNDS = "flask", 3


def measure_overhead() -> None:
    found = engines.find()
    if found.missing:
        say(f"\nThe pipeline against the same by hand: left out, {found.missing} (make engines)")
        return
    os.environ.update(found.environment)
    with TemporaryDirectory() as state:
        settings = Settings.read({**found.environment, "SLIPWAY_STATE": state})
        with LocalSystem(settings) as system, closing(Client(system.url, system.token)) as client:
            _show(_Rounds(system, client, found.environment))


class _Rounds:
    def __init__(
        self, system: LocalSystem, client: Client, environment: dict[str, str], rounds: int = ROUNDS
    ) -> None:
        """Without the first round: it reads modules and base images that the others find there."""
        self._system, self._client, self._environment = system, client, environment
        self.pipelined: list[Pipelined] = []
        self.by_hand: list[tuple[Sample, Phases]] = []
        self._round()
        self.pipelined.clear()
        self.by_hand.clear()
        for _ in range(rounds):
            self._round()

    def _round(self) -> None:
        run = self._pipelined(f"bench-{secrets.token_hex(4)}")
        try:
            self.by_hand.append(self._by_hand(run, f"bench-{secrets.token_hex(4)}"))
        finally:
            clean(self._environment, run.name, run.workflow)
        self.pipelined.append(run)

    def _pipelined(self, name: str) -> Pipelined:
        return through_the_pipeline(self._system, self._client, APPS / APP, name)

    def _by_hand(self, run: Pipelined, name: str) -> tuple[Sample, Phases]:
        api = from_kubeconfig(self._environment["KUBECONFIG"])
        source, workspace = APPS / APP, wiring.workspace()
        with (
            recipe_of(run, source, workspace, name) as (recipe, label),
            closing(docker.DockerClient(self._environment["DOCKER_HOST"])) as engine,
        ):
            wall, cpu = time.perf_counter(), time.process_time()
            try:
                phases = deploy(recipe, engine, api, wiring.build_settings())
                sample = Sample(time.perf_counter() - wall, time.process_time() - cpu)
            finally:
                clean(self._environment, name, label)
            return sample, phases


def _show(rounds: _Rounds) -> None:
    rows = [
        Row("through the pipeline", [run.sample for run in rounds.pipelined], "1.15"),
        Row("the same calls by hand", [sample for sample, _ in rounds.by_hand]),
    ]
    show_times(f"The {APP} sample from source to verified service", rows)
    here = [run.phases() for run in rounds.pipelined]
    there = [phases.wall_s for _, phases in rounds.by_hand]
    lines = [(name, _middle(here, name), _middle(there, name)) for name in here[0]]
    show("Where the time goes (medians)", ("", "pipeline", "by hand"), lines)


def _middle(runs: Sequence[dict[str, float]], name: str) -> str:
    return "" if name == OWN and name not in runs[0] else f"{median(r[name] for r in runs):.2f} s"
