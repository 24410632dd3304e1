"""A workflow as a step sees it."""

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
    """The request, what the step `step` recorded of itself, and the outputs of earlier steps.

    What is handed out is a copy: a step that changes it does not change the record.
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
        """What this step noted before it acted: the same on every attempt, and for its undo."""
        record = self._saga.steps.get(self.step)
        return deepcopy(record.intent or {}) if record else {}

    @property
    def sealed(self) -> str | None:
        """Where the secrets of the request are stored, for those who may read them."""
        return self._saga.workflow.sealed

    def outputs(self, step: str) -> Mapping[str, Any]:
        """Of a step that is done, or of this one; empty before."""
        record = self._saga.steps.get(step)
        return deepcopy(record.outputs) if record else {}

    def left_s(self, limit_s: float) -> float:
        """Of so many seconds, what this attempt has not used yet; one at least, to say so in."""
        return max(1.0, limit_s - (time.monotonic() - self.begun_at))

    def stop_if_requested(self) -> None:
        """For long steps: raises when the workflow was cancelled or is already being undone."""
        if self.stop_requested():
            raise Rejected("cancelled", "stopped on request")
