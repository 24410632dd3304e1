"""The relay may die before or after any call that it makes: no event is lost, none gets a new id.

The calls are counted in a relay that lives; each of them is then cut once before and once after
its effect, and the stream delivers again. The same for an operator's replay.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.unit.slipway.cqrs.read_side import figures, replayed, shown
from tests.unit.slipway.cqrs.stories import NOON, SHOP, batch, requested, run
from tests.unit.streams.test_project_and_relay import CAFE
from tests.unit.streams.test_the_queue_in_the_relay import queued

from recovery.replay import Replayer
from slipway.cqrs.figures import NOW
from slipway.cqrs.memory_views import MemoryViews
from slipway.messages.events import Event
from slipway.saga import operations, transitions
from slipway.saga.memory import MemoryStore
from slipway.saga.state import Cancel, Decision, Resolution
from steps import PLAN
from streams.relay import relay


class Killed(BaseException):
    """The function's process is gone: nothing of it goes on, and nothing is answered."""


@dataclass
class World:
    """What came out of the relay. The call with this number is the last one, before or after."""

    store: MemoryStore
    dies_at: int | None = None
    after: bool = False
    calls: int = 0
    published: list[Event] = field(default_factory=list)
    started: list[str] = field(default_factory=list)
    answered: list[tuple[str, str]] = field(default_factory=list)

    def call(self, effect: Callable[[], Any]) -> Any:
        self.calls += 1
        if self.calls == self.dies_at and not self.after:
            raise Killed
        answer = effect()
        if self.calls == self.dies_at:
            raise Killed
        return answer

    def publish(self, events: Sequence[Event]) -> Sequence[Event]:
        """One at a time, so that a cut may also go through the middle of a batch."""
        for event in events:
            self.call(lambda event=event: self.published.append(event))  # type: ignore[misc]
        return []

    def start(self, workflow_id: str) -> None:
        self.call(lambda: self.started.append(workflow_id))

    def undo(self, workflow_id: str, execution: str) -> None:
        self.call(lambda: self.started.append(f"{execution} undoes {workflow_id}"))

    def answer(self, task_token: str, decision: str) -> None:
        self.call(lambda: self.answered.append((task_token, decision)))

    def is_running(self, execution: str) -> bool:
        return execution in self.started

    def __getattr__(self, name: str) -> Any:
        """All else is the store's."""
        method = getattr(self.store, name)
        return lambda *given, **named: self.call(lambda: method(*given, **named))

    def relayed(self) -> None:
        """What follows from an event may be another one: that comes down the stream as well."""
        port: Any = self
        told: list[Event] = []
        while new := [event for event in self.written if event not in told]:
            assert relay(batch(new), port, port, port) == {"batchItemFailures": []}
            told += new

    @property
    def written(self) -> list[Event]:
        return [*self.store.events(SHOP), *self.store.events(CAFE)]

    def replayed_by_hand(self) -> None:
        port: Any = self
        Replayer(port, [MemoryViews()], port, port).replay(SHOP)

    @property
    def outcome(self) -> tuple[set[str], set[str], set[tuple[str, str]], str | None]:
        events = self.store.events(CAFE)
        waits = self.store.load(CAFE).workflow.waits_for if events else None
        ids = {event.id for event in self.published}
        return ids, set(self.started), set(self.answered), waits


def completed() -> MemoryStore:
    """And another one waits for its turn."""
    store = MemoryStore()
    queued(store)
    run(store)
    return store


def rolled_back() -> MemoryStore:
    store = MemoryStore()
    requested(store)
    run(store, failing="deploy_application")
    return store


def cancelled() -> MemoryStore:
    store = MemoryStore()
    requested(store)
    asked = Cancel(reason="wrong branch", requested_at=NOON, requested_by="anna")
    store.commit(transitions.cancel_requested(store.load(SHOP), asked, None))
    store.commit(transitions.undo_requested(store.load(SHOP), "stopped by hand", NOON))
    return store


def decided_upon() -> MemoryStore:
    store = MemoryStore()
    requested(store)
    push = store.load(SHOP).step("push_image", PLAN.number("push_image"))
    store.commit(transitions.parked(store.load(SHOP), push, "t0ken", NOON))
    saga = store.load(SHOP)
    said = Resolution(decision=Decision.SKIP, decided_at=NOON, decided_by="anna")
    store.commit(operations.resolved(saga, saga.steps["push_image"], said, None))
    return store


STORIES = (completed, rolled_back, cancelled, decided_upon)
WAYS = (World.relayed, World.replayed_by_hand)


def cuts() -> Iterator[Any]:
    for story in STORIES:
        for way in WAYS:
            whole = World(story())
            way(whole)
            for number in range(1, whole.calls + 1):
                for after in (False, True):
                    name = (
                        f"{story.__name__}-{way.__name__}-{number}-{'after' if after else 'before'}"
                    )
                    yield pytest.param(story, way, number, after, id=name)


@pytest.mark.parametrize(("story", "way", "number", "after"), list(cuts()))
def test_whoever_takes_over_loses_nothing_and_gives_no_event_a_second_id(
    story: Callable[[], MemoryStore], way: Callable[[World], None], number: int, after: bool
) -> None:
    whole = World(story())
    way(whole)
    cut = World(story(), dies_at=number, after=after)

    with pytest.raises(Killed):
        way(cut)
    way(cut)

    assert cut.outcome == whole.outcome
    by_id = {event.id: event for event in cut.published}
    assert all(by_id[event.id] == event for event in cut.published)


@pytest.mark.parametrize("story", STORIES)
def test_who_drops_what_it_has_seen_by_its_id_sees_every_event_once_and_in_order(
    story: Callable[[], MemoryStore],
) -> None:
    world = World(story())
    for way in (*WAYS, *WAYS):
        way(world)

    inbox = list(dict.fromkeys(event.id for event in world.published))

    for workflow_id in (SHOP, CAFE):
        written = [event.id for event in world.store.events(workflow_id)]
        assert [each for each in inbox if each.startswith(workflow_id)] == written


def test_a_replay_of_a_workflow_that_is_over_starts_nothing_and_repairs_its_view() -> None:
    world, views = World(completed()), MemoryViews()
    refilled = replayed(world.store, SHOP)[0]
    assert refilled is not None
    views.replace(refilled.model_copy(update={"status": "PARKED"}), [])

    told = Replayer(world.store, [views], world, world).replay(SHOP)

    assert told == len(world.published) == len(world.store.events(SHOP))
    assert world.started == []
    assert shown(views, SHOP) == replayed(world.store, SHOP)
    assert figures(views)[NOW, "COMPLETED"] == 1
    assert (NOW, "PARKED") not in figures(views)
