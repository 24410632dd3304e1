"""How long to pause between two looks at something that is about to happen."""

from collections.abc import Iterator

_FIRST_S, _LONGEST_S = 0.125, 0.5


def waits(within_s: float) -> Iterator[float]:
    """Seconds, `within_s` in all: most things are there soon, the others need no hurry."""
    wait, left = _FIRST_S, within_s
    while left > 0:
        yield min(wait, left)
        left -= wait
        wait = min(wait * 2, _LONGEST_S)
