"""The view of a workflow that is passed to a step's functions."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from slipway.saga.errors import Rejected
from slipway.saga.state import Saga, StepRecord, StepStatus

RequestT_co = TypeVar("RequestT_co", covariant=True)


@dataclass(frozen=True)
class Workflow(Generic[RequestT_co]):
    """What a step's functions receive: the request, the step's record and a copy of the saga."""

    id: str
    owner: str
    request: RequestT_co
    record: StepRecord
    saga: Saga
    stop_requested: Callable[[], bool]
    begun_at: float = field(default_factory=time.monotonic)

    @property
    def intent(self) -> Mapping[str, Any]:
        """The JSON recorded before the step first acted; the same for its retries and its undo."""
        return self.record.intent or {}

    def outputs(self, step: str) -> Mapping[str, Any]:
        """Outputs of an earlier step; empty if it has not completed."""
        record = self.saga.steps.get(step)
        return record.outputs if record else {}

    def is_done(self, step: str) -> bool:
        record = self.saga.steps.get(step)
        return record is not None and record.status is StepStatus.DONE

    def left_s(self, limit_s: float) -> float:
        """Seconds of `limit_s` left to this attempt; at least 1, to leave time for an error."""
        return max(1.0, limit_s - (time.monotonic() - self.begun_at))

    def stop_if_requested(self) -> None:
        """Raises Rejected if the workflow was cancelled or is being undone; for long steps."""
        if self.stop_requested():
            raise Rejected("cancelled", "stopped on request")
