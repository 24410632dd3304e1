"""One application through the pipeline, from packing to the end that its client sees."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.asking import ask, completed
from tests.bench.figures import Sample

from slipway_local.cli.client import Client
from slipway_local.system import LocalSystem

_PHASES = {
    "build_image": "build",
    "tag_image": "tag",
    "push_image": "push",
    "prepare_cluster": "apply, rollout",
    "deploy_application": "apply, rollout",
    "verify_deployment": "probe",
}
OWN = "everything else"
"""What nobody does by hand: analysis, Dockerfile, manifests, records, transport."""


@dataclass(frozen=True)
class Pipelined:
    """One run; `view` is its end."""

    name: str
    sample: Sample
    view: Mapping[str, Any]

    @property
    def workflow(self) -> str:
        return str(self.view["workflow_id"])

    def phases(self) -> dict[str, float]:
        """Seconds of each phase that there is by hand, too, and of the rest."""
        found = dict.fromkeys(_PHASES.values(), 0.0)
        for step in self.view["steps"]:
            if phase := _PHASES.get(step["name"]):
                found[phase] += step["duration_ms"] / 1000
        return found | {OWN: self.sample.wall_s - sum(found.values())}


def through_the_pipeline(system: LocalSystem, client: Client, folder: Path, name: str) -> Pipelined:
    wall, cpu = time.perf_counter(), time.process_time()
    view = completed(system, client, ask(client, folder, name))
    sample = Sample(time.perf_counter() - wall, time.process_time() - cpu)
    return Pipelined(name, sample, view)
