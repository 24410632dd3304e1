"""Layer 1: typed commands, queries and events on buses, with middleware around every handler.

It needs no saga. `slipway.buses` builds the product's buses with it. The modules about workflows do
need one, and are imported by name: `effect`, `account_effect`, `projection`, `rebuild`, `relaying`.
"""

from slipway.cqrs.authority import IDENTIFIED, PUBLIC
from slipway.cqrs.bus import AlreadyHandled, CommandBus, QueryBus, Unhandled
from slipway.cqrs.delivery import Delivery, Handler, Middleware, Route
from slipway.cqrs.middleware import authorization, idempotency, retry, validation
from slipway.cqrs.observers import COMMAND, QUERY, audit, metrics
from slipway.cqrs.problem import Refused, Status, problem_of
from slipway.cqrs.processor import EventProcessor, coordinator
from slipway.cqrs.request import Call
from slipway.cqrs.result import Err, Ok, Result
from slipway.errors import Conflict, Rejected, Unavailable
from slipway.inbox import Inbox

__all__ = [
    "COMMAND",
    "IDENTIFIED",
    "PUBLIC",
    "QUERY",
    "AlreadyHandled",
    "Call",
    "CommandBus",
    "Conflict",
    "Delivery",
    "Err",
    "EventProcessor",
    "Handler",
    "Inbox",
    "Middleware",
    "Ok",
    "QueryBus",
    "Refused",
    "Rejected",
    "Result",
    "Route",
    "Status",
    "Unavailable",
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
