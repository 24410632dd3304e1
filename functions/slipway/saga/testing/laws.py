"""The matrix as a test of pytest: one cell per test id."""

from collections.abc import Callable, Mapping
from typing import Any

from slipway.saga.binding import Steps
from slipway.saga.testing.baseline import BaselineBroken
from slipway.saga.testing.cells import Cell, NeverStruck
from slipway.saga.testing.escapes import StepEscaped
from slipway.saga.testing.judgement import LawBroken
from slipway.saga.testing.matrix import LAWS, matrix
from slipway.saga.testing.subject import Request, Subject, World

CELL = "saga cell"
"""The property of a test's report that tells how its cell ended."""
BROKEN = "broken"
FOUND = "saga law broken"
"""The property that tells with what."""
Property = Callable[[str, object], None]
"""Pytest's `record_property`."""
Worlds = Callable[[], World] | Mapping[str, Callable[[], World]]


def laws(
    *only: int,
    plan: Any,
    steps: Steps,
    world: Worlds,
    request: Request,
    **further: Any,
) -> Any:
    """A test of these laws (of all twelve when none is named) for a plan, in each of the worlds.

    `further` are the other fields of a `Subject`: inspectors, drive, store, runner.
    """
    worlds = world if isinstance(world, Mapping) else {"": world}
    subjects = {
        name: Subject(plan=plan, steps=steps, world=each, request=request, **further)
        for name, each in worlds.items()
    }
    return laws_of(subjects, *only)


def laws_of(subjects: Mapping[str, Subject], *only: int, storage: bool = True) -> Any:
    """As `laws`, for subjects that are made already; `storage` as in `matrix`."""
    import pytest  # noqa: PLC0415  (the rest of the kit needs no pytest)

    cells = [
        pytest.param(cell, id="-".join(filter(None, (name, str(cell)))))
        for name, subject in subjects.items()
        for cell in matrix(subject, *only, storage=storage)
    ]

    @pytest.mark.parametrize("cell", cells)
    def test(cell: Cell, record_property: Property) -> None:
        record_property(CELL, BROKEN)  # until it is known to hold
        broken: AssertionError
        try:
            record_property(CELL, cell.check())
        except (BaselineBroken, LawBroken, NeverStruck, StepEscaped) as found:
            broken = found
        else:
            return
        if isinstance(broken, BaselineBroken) and broken.told:
            pytest.skip(str(broken))
        record_property(FOUND, str(broken))
        raise _failure(broken)

    test.__doc__ = "; ".join(LAWS[law] for law in only or LAWS)
    return test


def _failure(broken: AssertionError) -> BaseException:
    """Without a trace, as what matters is in the message, and named by the step that did it.

    A line of pytest's summary begins with that name, and is cut off soon after it.
    """
    import pytest  # noqa: PLC0415  (the rest of the kit needs no pytest)

    name = getattr(broken, "by", None) or "flaw"
    kind = type(name, (pytest.fail.Exception,), {"__module__": "builtins"})
    failure: BaseException = kind(str(broken), pytrace=False)
    return failure
