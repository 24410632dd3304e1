"""Death at any effect that engine and cluster report, in whichever step it happens."""

from slipway.saga.testing import Killed


class Tripwire:
    """Told of every effect outside; kills at one of them, once it is armed, and only once.

    `number` counts from 1; 0 never kills, so that `effects` holds all there are.
    """

    def __init__(self, number: int = 0, when: str = "before") -> None:
        self._number, self._when = number, when
        self.effects: list[str] = []
        self.armed = False

    def before(self, effect: str) -> None:
        if self.armed:
            self.effects.append(effect)
            self._kill("before")

    def after(self, _effect: str) -> None:
        if self.armed:
            self._kill("after")

    def _kill(self, when: str) -> None:
        if (len(self.effects), when) == (self._number, self._when):
            self._number = 0
            raise Killed
