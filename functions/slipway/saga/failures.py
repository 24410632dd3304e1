"""What is kept of an error."""

from slipway.saga.errors import StepError
from slipway.saga.state import Failure
from slipway.saga.store import TargetLocked


def failure_of(error: Exception) -> Failure:
    if isinstance(error, StepError):
        return Failure(code=error.code, message=error.message, fix=error.fix, clean=error.clean)
    if isinstance(error, TargetLocked):
        return Failure(code="target_lost", message=f"{error.holder} has the deployment target")
    return Failure(code="defect", message=f"{type(error).__name__}: {said(error)}")


def said(error: BaseException) -> str:
    """One that cannot say what it is has failed all the same: somebody else's code wrote it."""
    try:
        return str(error)
    except Exception as own:  # noqa: BLE001  (whatever it is, the first error is the one to tell)
        return f"(its message cannot be read: {type(own).__name__})"
