"""What is kept of an error."""

from slipway.saga.errors import StepError
from slipway.saga.state import Failure
from slipway.saga.store import TargetLocked


def failure_of(error: Exception) -> Failure:
    if isinstance(error, StepError):
        return Failure(code=error.code, message=error.message, fix=error.fix, clean=error.clean)
    if isinstance(error, TargetLocked):
        return Failure(code="target_lost", message=f"{error.holder} has the deployment target")
    return Failure(code="defect", message=f"{type(error).__name__}: {error}")
