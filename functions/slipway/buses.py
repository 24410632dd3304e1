"""The product's command and query buses, and `command` and `query`, which register handlers."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from pydantic import BaseModel

from slipway.cqrs import answers
from slipway.cqrs.answers import Answer
from slipway.cqrs.authority import Scope
from slipway.cqrs.bus import CommandBus, Function, QueryBus
from slipway.cqrs.delivery import Claims, Remembers
from slipway.cqrs.http import Endpoint
from slipway.cqrs.middleware import (
    authorization,
    idempotency,
    may_retry_command,
    may_retry_query,
    retry,
    validation,
)
from slipway.cqrs.observers import COMMAND, QUERY, audit, metrics
from slipway.refusals import STATUSES
from slipway.wiring import message_meter, pause, trust

M = TypeVar("M", bound=BaseModel)

COMMANDS = CommandBus(
    (authorization, validation, retry(pause, may_retry_command), idempotency),
    observers=(audit(COMMAND), metrics(COMMAND, message_meter)),
)
QUERIES = QueryBus(
    (authorization, validation, retry(pause, may_retry_query)),
    observers=(audit(QUERY), metrics(QUERY, message_meter)),
)
"""Outermost first: observers audit and count every message; authorization comes before the message
is read; a retry repeats the idempotency check, so that an attempt that did write is found."""


def command(
    function: Function[M, Any],
    message: type[M],
    answer: Callable[[Any], Answer] = answers.accepted,
    *,
    scope: Scope,
    claims: Callable[[], Claims] | None = None,
    conditional: bool = False,
    **ports: Callable[[], object],
) -> Endpoint:
    """Register a command handler and return its Lambda handler.

    `function(message, call, **ports)` handles the message; `answer` turns its result into HTTP.
    `ports` are providers: called per command, built on first use. With a `store` port the answer is
    stored under the idempotency key, and returned again for it. A command whose effect is no
    transaction of the store `claims` the key instead, and may run again with it. One that calls
    `check_seen` is `conditional`; any other refuses an If-Match.
    """
    inbox = None if claims else cast("Callable[[], Remembers] | None", ports.get("store"))
    COMMANDS.register(
        message,
        function,
        scope=scope,
        ports=ports,
        inbox=inbox,
        claims=claims,
        conditional=conditional,
    )
    return Endpoint(COMMANDS, message, answer, trust, STATUSES)


def query(
    function: Function[M, Any],
    message: type[M],
    answer: Callable[[Any], Answer] = answers.ok,
    *,
    scope: Scope,
    **ports: Callable[[], object],
) -> Endpoint:
    """Register a query handler and return its Lambda handler."""
    QUERIES.register(message, function, scope=scope, ports=ports)
    return Endpoint(QUERIES, message, answer, trust, STATUSES)
