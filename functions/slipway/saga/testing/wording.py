"""Describes the outcome of a saga in words, for failure messages."""

from collections.abc import Sequence
from itertools import groupby

from slipway.saga.state import Saga, StepRecord, StepStatus


def cause(saga: Saga) -> str:
    """Why the saga was undone."""
    error = saga.workflow.error
    if error is None:
        return "no step fails"
    return f"{error.step or 'the workflow'} fails: {error.code}: {error.message}"


def in_order(steps: Sequence[str]) -> str:
    """`ship, charge x4, reserve`: consecutive repetitions are counted."""
    runs = [(step, len(list(run))) for step, run in groupby(steps)]
    return ", ".join(step if times == 1 else f"{step} x{times}" for step, times in runs) or "none"


def entered(entries: Sequence[tuple[str, str]]) -> str:
    """`reserve, charge, undo of charge x4`: calls of execute and compensate."""
    return in_order([f"undo of {step}" if act == "compensate" else step for act, step in entries])


def failing(saga: Saga) -> list[StepRecord]:
    """The steps whose latest undo failed."""
    return [step for step in saga.steps.values() if step.undo and step.undo.error]


def failing_undos(saga: Saga) -> str:
    errors = [(step.name, step.undo and step.undo.error) for step in failing(saga)]
    return "; ".join(
        f"the undo of {name} fails: {error.message}" for name, error in errors if error
    )


def hides_what_it_did(saga: Saga) -> str | None:
    """The step that failed with `clean=True` and was therefore not undone, if any."""
    failed = (step for step in saga.steps.values() if step.status is StepStatus.FAILED)
    return next((step.name for step in failed if step.error and step.error.clean), None)
