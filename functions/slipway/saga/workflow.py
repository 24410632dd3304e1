"""A workflow as a step sees it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from slipway.saga.errors import Rejected
from slipway.saga.state import Saga, StepRecord, StepStatus

RequestT_co = TypeVar("RequestT_co", covariant=True)


@dataclass(frozen=True)
class Workflow(Generic[RequestT_co]):
    """All that a step may know: the request, its own record, the results of earlier steps."""

    id: str
    owner: str
    request: RequestT_co
    record: StepRecord
    saga: Saga
    stop_requested: Callable[[], bool]
    begun_at: float = field(default_factory=time.monotonic)

    @property
    def intent(self) -> Mapping[str, Any]:
        """What this step noted before it acted: the same on every attempt, and for its undo."""
        return self.record.intent or {}

    def outputs(self, step: str) -> Mapping[str, Any]:
        """Results of an earlier step that is done; empty when it was never begun."""
        record = self.saga.steps.get(step)
        return record.outputs if record else {}

    def is_done(self, step: str) -> bool:
        record = self.saga.steps.get(step)
        return record is not None and record.status is StepStatus.DONE

    def left_s(self, limit_s: float) -> float:
        """Of so many seconds, what this attempt has not used yet; one at least, to say so in."""
        return max(1.0, limit_s - (time.monotonic() - self.begun_at))

    def stop_if_requested(self) -> None:
        """For long steps: raises when the workflow was cancelled or is already being undone."""
        if self.stop_requested():
            raise Rejected("cancelled", "stopped on request")
