"""Lambda HTTP endpoint (payload 2.0) that dispatches to a bus."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import BaseModel

from slipway.cqrs.answers import Answer, problem, tagged
from slipway.cqrs.authority import PUBLIC
from slipway.cqrs.bus import Bus
from slipway.cqrs.delivery import attempt
from slipway.cqrs.identity import caller_of
from slipway.cqrs.problem import Status
from slipway.cqrs.request import ANYBODY, Call, fields_of, headers_of, idempotency_key, is_read
from slipway.cqrs.result import Err, Result
from slipway.cqrs.trust import Trust
from slipway.cqrs.versions import unconditional


@dataclass(frozen=True)
class Endpoint:
    """Lambda handler; event and response are in payload format 2.0. It raises nothing.

    `trust` is a provider, called per request. `statuses` are those of the product's own error
    codes.
    """

    bus: Bus
    message: type[BaseModel]
    answer: Callable[[Any], Answer]
    trust: Callable[[], Trust] = Trust
    statuses: Mapping[str, Status] = field(default_factory=dict)

    def __call__(self, event: Mapping[str, Any], _context: object = None) -> dict[str, Any]:
        result = self._result(event)
        if not isinstance(result, Err):
            result = attempt(self.message.__name__, self._answered, event, result.value)
        answer = problem(result.error, self.statuses) if isinstance(result, Err) else result.value
        return answer.to_event()

    def _result(self, event: Mapping[str, Any]) -> Result[Any]:
        name = self.message.__name__
        caller = attempt(name, self._caller, event)
        if isinstance(caller, Err):
            return self.bus.refuse(self.message, caller, Call(ANYBODY))
        arrived = attempt(name, self._arrived, event, caller.value)
        if isinstance(arrived, Err):
            return self.bus.refuse(self.message, arrived, caller.value)
        call, fields = arrived.value
        return self.bus.deliver(self.message, fields, call)

    def _caller(self, event: Mapping[str, Any]) -> Call:
        public = self.bus.route(self.message).scope == PUBLIC
        return Call(ANYBODY) if public else caller_of(event, self.trust())

    def _answered(self, event: Mapping[str, Any], value: Any) -> Answer:
        answer = self.answer(value)
        if not is_read(event):
            return answer
        return tagged(answer, headers_of(event).get("if-none-match"))

    def _arrived(self, event: Mapping[str, Any], caller: Call) -> tuple[Call, dict[str, Any]]:
        if is_read(event):
            return caller, fields_of(event, self.message)
        headers = headers_of(event)
        key, seen = idempotency_key(headers), headers.get("if-match")
        if seen is not None and not self.bus.route(self.message).conditional:
            raise unconditional()
        call = replace(caller, idempotency_key=key, if_match=seen)
        return call, fields_of(event, self.message)
