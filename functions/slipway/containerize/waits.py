"""Polling intervals: short at first, longer later."""

from collections.abc import Iterator

_SOON = ((1.0, 0.125), (8.0, 0.25))
"""Pairs in seconds: until the first has elapsed, pause for the second."""
_LATER_S = 0.5


def waits(within_s: float) -> Iterator[float]:
    """Yield pauses in seconds that add up to `within_s`."""
    waited = 0.0
    while waited < within_s:
        wait = next((pause for until, pause in _SOON if waited < until), _LATER_S)
        yield min(wait, within_s - waited)
        waited += wait
