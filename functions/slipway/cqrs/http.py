"""A typed function becomes a Lambda behind the HTTP API."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel, ValidationError

from slipway.cqrs.answers import Answer, problem, tagged
from slipway.cqrs.authority import PUBLIC, check_may_call
from slipway.cqrs.identity import caller_of
from slipway.cqrs.needs import NEEDS
from slipway.cqrs.problem import Known, invalid
from slipway.cqrs.request import ANYBODY, Call, fields_of, headers_of, idempotency_key, is_read
from slipway.cqrs.trust import Trust

_log = logging.getLogger("slipway.http")


@dataclass(frozen=True)
class Endpoint:
    """Lambda handler. Event and answer: payload format 2.0. It raises nothing."""

    function: Callable[..., Any]
    message: type[BaseModel]
    answer: Callable[[Any], Answer]
    ports: Mapping[str, Callable[[], object]]
    public: bool = False

    def __call__(self, event: Mapping[str, Any], _context: object = None) -> dict[str, Any]:
        try:
            answer = self._served(event)
        except Known as error:
            answer = problem(error)
        except Exception as error:  # noqa: BLE001  (the last place where a client can be told)
            _log.exception("defect", extra={"function": self.function.__name__})
            answer = problem(error)
        return answer.to_event()

    def _served(self, event: Mapping[str, Any]) -> Answer:
        scope = NEEDS[self.message.__name__]
        caller = Call(ANYBODY) if scope == PUBLIC else caller_of(event, Trust())
        check_may_call(caller, scope)
        headers = headers_of(event)
        reading = is_read(event)
        call = replace(caller, idempotency_key=None if reading else idempotency_key(headers))
        message = self._message(event)
        ports = {name: provide() for name, provide in self.ports.items()}
        answer = self.answer(self.function(message, call, **ports))
        return tagged(answer, headers.get("if-none-match")) if reading else answer

    def _message(self, event: Mapping[str, Any]) -> BaseModel:
        try:
            return self.message.model_validate(fields_of(event))
        except ValidationError as error:
            raise invalid(error) from None


def endpoint(
    function: Callable[..., Any],
    message: type[BaseModel],
    answer: Callable[[Any], Answer],
    *,
    public: bool = False,
    **ports: Callable[[], object],
) -> Endpoint:
    """`function(message, call, **ports)`; `answer` turns its result into HTTP.

    `ports` are providers: they are called per request, and build on first use. A `public`
    endpoint serves callers without an identity.
    """
    return Endpoint(function, message, answer, ports, public)
