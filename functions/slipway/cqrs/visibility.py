"""Read-your-writes: wait until a version is visible in the read model."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from slipway.cqrs.problem import Refused

_WAITS_S = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.4, 0.5)  # 2 s in all, the first ones short


class Versioned(Protocol):
    @property
    def version(self) -> int: ...


V = TypeVar("V", bound=Versioned)


def awaited(look: Callable[[], V | None], version: int, pause: Callable[[float], None]) -> V | None:
    """Call `look` until it returns this version or a later one, for two seconds at most."""
    seen = look()
    for wait_s in _WAITS_S:
        if seen and seen.version >= version:
            break
        pause(wait_s)
        seen = look()
    return seen


def not_yet_visible(version: int, way_out: str = "") -> Refused:
    """`way_out` is inserted into the fix, after "retry"."""
    return Refused(
        "not_yet_visible",
        f"version {version} is not visible yet",
        field="min_version",
        fix=f"retry{way_out}; min_version is the version that your command returned",
    )
