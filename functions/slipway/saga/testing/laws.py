"""The matrix as a parametrized pytest test: one cell per test id."""

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
"""The name of the report property that records how a cell ended."""
BROKEN = "broken"
FOUND = "saga law broken"
"""The name of the report property with the message of a broken law."""
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
    """Build a pytest test of these laws (default: all twelve), for a plan in one or more worlds.

    `world` creates a world, or maps names to functions that do; the names begin the test ids.
    `request` is the request of every workflow, or a function of the world that returns it.
    `further` are the other fields of `Subject`, such as inspectors, drive, store and runner.
    """
    worlds = world if isinstance(world, Mapping) else {"": world}
    subjects = {
        name: Subject(plan=plan, steps=steps, world=each, request=request, **further)
        for name, each in worlds.items()
    }
    return laws_of(subjects, *only)


def laws_of(subjects: Mapping[str, Subject], *only: int, storage: bool = True) -> Any:
    """Like `laws`, for subjects by name; `storage` as in `matrix`."""
    import pytest  # noqa: PLC0415  (the rest of the kit needs no pytest)

    cells = [
        pytest.param(cell, id="-".join(filter(None, (name, str(cell)))))
        for name, subject in subjects.items()
        for cell in matrix(subject, *only, storage=storage)
    ]

    @pytest.mark.parametrize("cell", cells)
    def test(cell: Cell, record_property: Property) -> None:
        record_property(CELL, BROKEN)  # until the check has passed
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
    """A failure without traceback, since its message is complete, named after the step.

    A line of pytest's summary begins with that name and is truncated soon after it.
    """
    import pytest  # noqa: PLC0415  (the rest of the kit needs no pytest)

    name = getattr(broken, "by", None) or "flaw"
    kind = type(name, (pytest.fail.Exception,), {"__module__": "builtins"})
    failure: BaseException = kind(str(broken), pytrace=False)
    return failure
