"""Converts exceptions to recorded failures."""

from slipway.saga.errors import StepError
from slipway.saga.state import Failure
from slipway.saga.store import TargetLocked


def failure_of(error: Exception) -> Failure:
    if isinstance(error, StepError):
        fix = None if error.fix is None else text_of(error.fix)
        message, code = text_of(error.message), text_of(error.code)
        return Failure(code=code, message=message, fix=fix, clean=bool(error.clean))
    if isinstance(error, TargetLocked):
        return Failure(code="target_lost", message=f"{error.holder} has the deployment target")
    return Failure(code="defect", message=f"{type(error).__name__}: {text_of(error)}")


def text_of(value: object) -> str:
    """Like `str`, but never raises: an error is recorded even if its `__str__` fails."""
    try:
        return str(value)
    except Exception as error:  # noqa: BLE001  (`__str__` is not our code)
        return f"(says nothing: its __str__ raised {type(error).__name__})"
