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

APP, ROUNDS = "flask", 6


def measure_overhead() -> None:
    found = engines.find()
    if found.missing:
        say(f"\nThe pipeline against the same by hand: left out, {found.missing} (make engines)")
        return
    os.environ.update(found.environment)
    with TemporaryDirectory() as state:
        settings = Settings.read({**found.environment, "SLIPWAY_STATE": state})
        with LocalSystem(settings) as system, closing(Client(system.url, system.token)) as client:
            rounds = _Rounds(system, client, found.environment)
            rounds.run(ROUNDS)
            _show(rounds)


class _Rounds:
    """Whoever goes first in one round goes second in the next."""

    def __init__(self, system: LocalSystem, client: Client, environment: dict[str, str]) -> None:
        self._system, self._client, self._environment = system, client, environment
        self.pipelined: list[Pipelined] = []
        self.by_hand: list[tuple[Sample, Phases]] = []

    def run(self, rounds: int) -> None:
        """A first run finds modules and base images for all; by hand one follows its recipe."""
        first = self._through_the_pipeline()
        for number in range(rounds):
            turns = (self._pipeline_turn, lambda: self._turn_by_hand(first))
            for turn in turns if number % 2 else reversed(turns):
                turn()

    def _pipeline_turn(self) -> None:
        self.pipelined.append(self._through_the_pipeline())

    def _through_the_pipeline(self) -> Pipelined:
        run = through_the_pipeline(self._system, self._client, APPS / APP, _new_name())
        clean(self._environment, run.name, run.workflow)
        return run

    def _turn_by_hand(self, first: Pipelined) -> None:
        api, name = from_kubeconfig(self._environment["KUBECONFIG"]), _new_name()
        with (
            recipe_of(first, APPS / APP, wiring.workspace(), name) as (recipe, label),
            closing(docker.DockerClient(self._environment["DOCKER_HOST"])) as engine,
        ):
            wall, cpu = time.perf_counter(), time.process_time()
            try:
                phases = deploy(recipe, engine, api, wiring.build_settings())
                sample = Sample(time.perf_counter() - wall, time.process_time() - cpu)
            finally:
                clean(self._environment, name, label)
        self.by_hand.append((sample, phases))


def _new_name() -> str:
    return f"bench-{secrets.token_hex(4)}"


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
