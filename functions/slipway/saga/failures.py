"""Converts exceptions to recorded failures, and logs them."""

import logging
import traceback

from slipway.saga.errors import StepError
from slipway.saga.state import Failure
from slipway.saga.store import TargetLocked

_log = logging.getLogger(__name__)


def logged_failure(event: str, workflow_id: str, step: str, error: Exception) -> Failure:
    """As `failure_of`, and log it. The traceback of a defect is in the log only."""
    failure = failure_of(error)
    is_expected = isinstance(error, StepError | TargetLocked)
    _log.log(
        logging.INFO if is_expected else logging.ERROR,
        event,
        extra={"workflow_id": workflow_id, "step": step, "code": failure.code},
        exc_info=None if is_expected else error,
    )
    return failure


def failure_of(error: Exception) -> Failure:
    """A defect is recorded by type and location: its text may hold a secret, and events last."""
    if isinstance(error, StepError):
        fix = None if error.fix is None else text_of(error.fix)
        message, code = text_of(error.message), text_of(error.code)
        return Failure(code=code, message=message, fix=fix, clean=bool(error.clean))
    if isinstance(error, TargetLocked):
        return Failure(code="target_lost", message=f"{error.holder} holds the deployment target")
    message = f"{type(error).__name__} in {_place_of(error)}"
    return Failure(code="defect", message=message, fix="see the log for the traceback")


def _place_of(error: Exception) -> str:
    frames = list(traceback.walk_tb(error.__traceback__))
    if not frames:
        return "code that was never run"
    frame, line = frames[-1]
    return f"{frame.f_globals.get('__name__', 'a nameless module')}, line {line}"


def text_of(value: object) -> str:
    """Like `str`, but never raises: an error is recorded even if its `__str__` fails."""
    try:
        return str(value)
    except Exception as error:  # noqa: BLE001  (`__str__` is not our code)
        return f"(no message: __str__ raised {type(error).__name__})"
