"""Executions take turns: so many at once, in the order in which they came."""

import threading
from collections.abc import Callable

from slipway_local.turns import Turns


class Stage:
    """Writes down who has begun."""

    def __init__(self, at_once: int) -> None:
        self.turns = Turns(at_once)
        self.begun: list[str] = []

    def asks(self, *names: str) -> None:
        for name in names:
            self.turns.ask(name, self._beginning(name))

    def _beginning(self, name: str) -> Callable[[], None]:
        return lambda: self.begun.append(name)


def test_the_next_one_begins_when_one_ends_in_the_order_of_arrival() -> None:
    stage = Stage(at_once=2)
    stage.asks("anna", "boris", "carla", "dora")
    assert stage.begun == ["anna", "boris"]

    stage.turns.end("boris")
    assert stage.begun == ["anna", "boris", "carla"]

    stage.turns.end("anna")
    assert stage.begun == ["anna", "boris", "carla", "dora"]


def test_who_pauses_gives_way_and_comes_back_before_those_who_never_began() -> None:
    stage = Stage(at_once=1)
    stage.asks("anna", "boris", "carla")
    stage.turns.pause("anna")
    assert stage.begun == ["anna", "boris"]

    queued, back = threading.Event(), threading.Event()

    def wanted() -> bool:
        queued.set()
        return True

    def come_back() -> None:
        stage.turns.resume("anna", wanted)
        back.set()

    threading.Thread(target=come_back, daemon=True).start()
    assert queued.wait(10)
    assert not back.is_set()
    stage.turns.end("boris")

    assert back.wait(10)
    assert stage.begun == ["anna", "boris"]
    stage.turns.end("anna")
    assert stage.begun == ["anna", "boris", "carla"]


def test_who_was_stopped_in_its_pause_does_not_wait_for_a_turn() -> None:
    stage = Stage(at_once=1)
    stage.asks("anna", "boris")
    stage.turns.pause("anna")

    stage.turns.resume("anna", wanted=lambda: False)
    stage.turns.end("anna")

    assert stage.begun == ["anna", "boris"]


def test_who_did_not_pause_has_nothing_to_wait_for() -> None:
    stage = Stage(at_once=1)
    stage.asks("anna")

    stage.turns.resume("anna", wanted=lambda: True)

    stage.turns.end("anna")
    stage.asks("boris")
    assert stage.begun == ["anna", "boris"]


def test_only_who_has_not_begun_can_be_withdrawn() -> None:
    stage = Stage(at_once=1)
    stage.asks("anna", "boris", "carla")

    assert stage.turns.withdraw("boris")
    assert not stage.turns.withdraw("anna")
    assert not stage.turns.withdraw("boris")

    stage.turns.end("anna")
    assert stage.begun == ["anna", "carla"]


def test_when_all_is_closed_nobody_begins() -> None:
    stage = Stage(at_once=1)
    stage.asks("anna", "boris")

    stage.turns.close()
    stage.turns.end("anna")

    assert stage.begun == ["anna"]
