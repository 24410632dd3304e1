"""The view of a workflow that is passed to a step's functions."""

import time
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from slipway.saga.errors import Rejected
from slipway.saga.state import Saga

RequestT_co = TypeVar("RequestT_co", covariant=True)


@dataclass(frozen=True)
class Workflow(Generic[RequestT_co]):
    """What a step's functions receive: the request, this step's intent, outputs of earlier steps.

    Values are copies: a step that modifies them does not modify the stored record.
    """

    id: str
    owner: str
    request: RequestT_co
    step: str
    stop_requested: Callable[[], bool]
    begun_at: float = field(default_factory=time.monotonic, kw_only=True)
    _saga: Saga = field(kw_only=True, repr=False)

    @property
    def intent(self) -> Mapping[str, Any]:
        """The JSON recorded before the step first acted; the same for its retries and its undo."""
        record = self._saga.steps.get(self.step)
        return deepcopy(record.intent or {}) if record else {}

    @property
    def sealed(self) -> str | None:
        """Reference to the secrets of the request, which are stored apart from it; None without."""
        return self._saga.workflow.sealed

    def outputs(self, step: str) -> Mapping[str, Any]:
        """Outputs of this or an earlier step; empty until it has completed."""
        record = self._saga.steps.get(step)
        return deepcopy(record.outputs) if record else {}

    def left_s(self, limit_s: float) -> float:
        """Seconds of `limit_s` left to this attempt; at least 1, to leave time for an error."""
        return max(1.0, limit_s - (time.monotonic() - self.begun_at))

    def stop_if_requested(self) -> None:
        """Raises Rejected if the workflow was cancelled or is being undone; for long steps."""
        if self.stop_requested():
            raise Rejected("cancelled", "stopped on request")
