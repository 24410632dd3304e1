"""A step ends by itself, and says so, before its function is ended."""

from dataclasses import replace
from typing import Any

import pytest
from tests.faults.rig import BEHAVIOURS
from tests.unit.steps.bench import Bench

from slipway.adapters import docker_push
from slipway.adapters.memory.cluster import MemoryCluster
from slipway.adapters.memory.engine import MemoryEngine
from slipway.containerize.ports import Build, Log, ObjectRef, Rollout, Stop
from slipway.saga import Outcome, Pending, Rejected, Workflow
from slipway.saga.machine import machine
from steps import PLAN

ENOUGH_TO_TELL_S = 25


@pytest.mark.parametrize(
    ("step", "minutes"), [("build_image", 15), ("push_image", 10), ("deploy_application", 10)]
)
def test_a_long_step_has_the_time_that_was_promised(step: str, minutes: int) -> None:
    task = machine(PLAN)["States"][PLAN[step].title]

    assert PLAN[step].timeout_s == minutes * 60
    assert task["TimeoutSeconds"] > PLAN[step].timeout_s


def test_a_push_ends_before_its_function() -> None:
    assert PLAN["push_image"].timeout_s - ENOUGH_TO_TELL_S >= docker_push.TIMEOUT_S


class Timed(MemoryEngine):
    limit_s = 0

    def build(self, build: Build, log: Log, stop: Stop) -> str:
        self.limit_s = build.timeout_s
        return super().build(build, log, stop)


class NeverReady(MemoryCluster):
    def rollout(self, deployment: ObjectRef, since: str | None = None) -> Rollout:  # noqa: ARG002  (the port's shape)
        return Rollout(done=False, ready=0, wanted=1)


@pytest.mark.parametrize("used_s", [0, 600])
def test_a_build_ends_before_its_function_however_long_its_source_took(used_s: int) -> None:
    bench = Bench()
    bench.begin("build_image")
    bench.engine = timed = Timed(bench.images)

    run_late(bench, "build_image", used_s)

    left_s = PLAN["build_image"].timeout_s - used_s
    assert left_s / 2 < timed.limit_s <= left_s - ENOUGH_TO_TELL_S


def test_a_rollout_is_given_up_and_told_before_its_function_ends() -> None:
    bench = Bench()
    bench.cluster = NeverReady()
    bench.begin("deploy_application")

    with pytest.raises(Rejected, match=r"rollout_timeout: .* after 1 s"):
        run_late(bench, "deploy_application", PLAN["deploy_application"].timeout_s)


def run_late(bench: Bench, step: str, used_s: float) -> None:
    """As if so much of its time had passed before it came to what takes long."""
    behaviour = BEHAVIOURS[step]

    def late(workflow: Workflow[Any], **ports: Any) -> Outcome | Pending:
        return behaviour.execute(replace(workflow, begun_at=workflow.begun_at - used_s), **ports)

    with bench.wired():
        bench.runner.execute(replace(behaviour, execute=late), "wf_bbbbbbbbbbbbbbbbbbbbbbbb")
