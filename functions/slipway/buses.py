"""The two buses of the product, and the one line by which a function is put onto them."""

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
    harmless,
    idempotency,
    passing,
    retry,
    validation,
)
from slipway.cqrs.observers import COMMAND, QUERY, audit, metrics
from slipway.refusals import STATUSES
from slipway.wiring import message_meter, pause, trust

M = TypeVar("M", bound=BaseModel)

COMMANDS = CommandBus(
    (authorization, validation, retry(pause, harmless), idempotency),
    observers=(audit(COMMAND), metrics(COMMAND, message_meter)),
)
QUERIES = QueryBus(
    (authorization, validation, retry(pause, passing)),
    observers=(audit(QUERY), metrics(QUERY, message_meter)),
)
"""Outermost first: everything that arrives is told and counted; who may not send it is refused
before it is read; it is tried again from its check for an answer on, so that a try that did write
is found."""


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
    """A Lambda handler. `function(message, call, **ports)`; `answer` turns its result into HTTP.

    `ports` are providers: they are called per command, and build on first use. One that changes
    the `store` is answered once for every idempotency key. One whose effect is no transaction of
    the store `claims` the key instead, and may run again with it. One that asks `check_seen` is
    `conditional`; whoever sends another one an If-Match is refused.
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
    """As `command`, for what only reads."""
    QUERIES.register(message, function, scope=scope, ports=ports)
    return Endpoint(QUERIES, message, answer, trust, STATUSES)
