"""How long to pause between two looks at something that is about to happen."""

from collections.abc import Iterator

_SOON = ((1.0, 0.125), (8.0, 0.25))
"""Until so many seconds have passed, pause so long."""
_LATER_S = 0.5


def waits(within_s: float) -> Iterator[float]:
    """Seconds, `within_s` in all: most things are there soon, the others need no hurry."""
    waited = 0.0
    while waited < within_s:
        wait = next((pause for until, pause in _SOON if waited < until), _LATER_S)
        yield min(wait, within_s - waited)
        waited += wait
