"""A rollout is waited for, and its failure is told in its own words."""

from dataclasses import dataclass, field

import pytest

from slipway.adapters.memory.cluster import MemoryCluster
from slipway.containerize.ports import ObjectRef, Rollout
from slipway.containerize.rollout import await_rollout, last_progress
from slipway.saga import Rejected

SHOP = ObjectRef("apps/v1", "Deployment", "shop", "shop")
WAITING = Rollout(done=False, ready=1, wanted=2)
DONE = Rollout(done=True, ready=2, wanted=2)
FAILED = Rollout(done=False, ready=0, wanted=2, failure=("crash_loop", "it ends"))


class Scripted(MemoryCluster):
    """Answers one rollout after the other; the last again and again."""

    script: list[Rollout]

    def rollout(self, deployment: ObjectRef, since: str | None = None) -> Rollout:  # noqa: ARG002
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]


@dataclass
class Clock:
    waits_s: list[float] = field(default_factory=list)

    def pause(self, seconds: float) -> None:
        self.waits_s.append(seconds)


def cluster(*script: Rollout) -> Scripted:
    scripted = Scripted()
    scripted.script = list(script)
    return scripted


def test_a_rollout_is_waited_for_until_it_is_done() -> None:
    clock = Clock()

    await_rollout(cluster(WAITING, WAITING, DONE), SHOP, within_s=10, pause=clock.pause)

    assert clock.waits_s == [0.125, 0.125]


def test_a_failure_ends_the_wait_at_once() -> None:
    clock = Clock()

    with pytest.raises(Rejected, match="crash_loop: it ends"):
        await_rollout(cluster(WAITING, FAILED), SHOP, within_s=10, pause=clock.pause)

    assert clock.waits_s == [0.125]


def test_a_rollout_that_never_ends_is_given_up_in_time() -> None:
    clock = Clock()

    with pytest.raises(Rejected, match="not ready after 3 s: 1 of 2 pods"):
        await_rollout(cluster(WAITING), SHOP, within_s=3, pause=clock.pause)

    assert sum(clock.waits_s) == 3


def test_answers_that_take_long_count_as_waiting() -> None:
    clock = Clock()

    with pytest.raises(Rejected, match="rollout_timeout"):
        await_rollout(cluster(WAITING), SHOP, within_s=0, pause=clock.pause)

    assert clock.waits_s == []


def test_a_stop_ends_the_wait_within_two_seconds() -> None:
    clock = Clock()

    with pytest.raises(Rejected, match="cancelled"):
        await_rollout(cluster(WAITING), SHOP, within_s=60, pause=clock.pause, stop=lambda: True)

    assert sum(clock.waits_s) <= 2


def test_the_last_progress_is_read_from_its_condition() -> None:
    conditions = [
        {"type": "Available", "lastUpdateTime": "2030-03-02T12:00:09Z"},
        {"type": "Progressing", "lastUpdateTime": "2030-03-02T12:00:00Z"},
    ]

    assert last_progress({"status": {"conditions": conditions}}) == "2030-03-02T12:00:00Z"
    assert last_progress({}) is None
