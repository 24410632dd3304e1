"""Layer 1: typed commands, queries and events on buses, with middleware around every handler.

It needs no saga. `slipway.buses` is what the product makes of it.
"""

from slipway.cqrs.authority import IDENTIFIED, PUBLIC
from slipway.cqrs.bus import AlreadyHandled, CommandBus, QueryBus, Unhandled
from slipway.cqrs.delivery import Delivery, Handler, Middleware, Route
from slipway.cqrs.middleware import authorization, idempotency, retry, validation
from slipway.cqrs.observers import COMMAND, QUERY, audit, metrics
from slipway.cqrs.problem import Refused, problem_of
from slipway.cqrs.processor import EventProcessor, coordinator
from slipway.cqrs.request import Call
from slipway.cqrs.result import Err, Ok, Result

__all__ = [
    "COMMAND",
    "IDENTIFIED",
    "PUBLIC",
    "QUERY",
    "AlreadyHandled",
    "Call",
    "CommandBus",
    "Delivery",
    "Err",
    "EventProcessor",
    "Handler",
    "Middleware",
    "Ok",
    "QueryBus",
    "Refused",
    "Result",
    "Route",
    "Unhandled",
    "audit",
    "authorization",
    "coordinator",
    "idempotency",
    "metrics",
    "problem_of",
    "retry",
    "validation",
]
