"""Contains errors of a step that would end the whole process, such as SystemExit."""

import dis
from collections.abc import Callable
from typing import Any, TypeVar

from slipway.saga.testing.chronicle import Entry
from slipway.saga.testing.faults import Aborted, Killed
from slipway.saga.testing.parking import Waits

T = TypeVar("T")
_OURS = (Killed, Aborted, Waits)


class StepEscaped(AssertionError):  # noqa: N818  (named by the condition)
    """A step raised a BaseException that is no Exception, and would have ended its process."""

    fix = "raise Rejected, Unavailable or another Exception instead"

    def __init__(self, entry: Entry, error: BaseException) -> None:
        action, step = entry
        where = f"the undo of {step}" if action == "compensate" else step
        super().__init__(f"{where} raised {error!r}, which ends the function unrecorded")


def contained(function: Callable[[], T], note: Callable[[BaseException], object]) -> T:
    """Call `function`; an error that would end the process is noted and raised as Killed."""
    try:
        return function()
    except Exception:
        raise
    except _OURS:
        raise
    except BaseException as error:
        if _is_ctrl_c(error):
            raise
        note(error)
        raise Killed from error


def _is_ctrl_c(error: BaseException) -> bool:
    """A KeyboardInterrupt that no `raise` statement raised: the user wants to stop the tests."""
    return isinstance(error, KeyboardInterrupt) and not _was_raised(error)


def _was_raised(error: BaseException) -> bool:
    trace: Any = error.__traceback__
    while trace.tb_next:
        trace = trace.tb_next
    instructions = dis.get_instructions(trace.tb_frame.f_code)
    return any(
        each.offset == trace.tb_lasti and each.opname == "RAISE_VARARGS" for each in instructions
    )
