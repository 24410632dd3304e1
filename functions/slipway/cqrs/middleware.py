"""Middleware of the buses: authorization, validation, retry and idempotency."""

import random
from collections.abc import Callable
from time import monotonic
from typing import Any

from pydantic import ValidationError

from slipway.cqrs.authority import check_may_call
from slipway.cqrs.delivery import Delivery, Handler, Middleware
from slipway.cqrs.idempotency import answer_given, claim, store_answer, with_fingerprint
from slipway.cqrs.invalid import invalid
from slipway.cqrs.result import Err, Ok, Result
from slipway.errors import Conflict, Unavailable

_WAITS_S = (0.1, 0.3)
"""At most, between three attempts; each wait is random, from the upper half."""
_WITHIN_S = 2.0
"""No further attempt begins after this: a caller is waiting."""


def authorization(inner: Handler) -> Handler:
    """Check the caller's scope before anything of the message is read."""

    def handle(delivery: Delivery) -> Result[Any]:
        check_may_call(delivery.call, delivery.route.scope)
        return inner(delivery)

    return handle


def validation(inner: Handler) -> Handler:
    """Validate the message: inner handlers receive an instance of its type."""

    def handle(delivery: Delivery) -> Result[Any]:
        try:
            message = delivery.checked()
        except ValidationError as error:
            raise invalid(error) from None
        return inner(delivery.of(message))

    return handle


def retry(
    pause: Callable[[], Callable[[float], None]],
    may_repeat: Callable[[Delivery, Exception], bool],
    draw: Callable[[], float] = random.random,
    clock: Callable[[], float] = monotonic,
) -> Middleware:
    """Send the message again while `may_repeat` allows it, such as after a throttle or a conflict.

    `pause` provides a function that waits, in seconds.
    """

    def around(inner: Handler) -> Handler:
        def handle(delivery: Delivery) -> Result[Any]:
            begun = clock()
            result = inner(delivery)
            for wait_s in _WAITS_S:
                if not isinstance(result, Err) or clock() - begun > _WITHIN_S:
                    break
                if not may_repeat(delivery, result.error):
                    break
                pause()(wait_s * (1 + draw()) / 2)
                result = inner(delivery)
            return result

        return handle

    return around


def may_retry_command(delivery: Delivery, error: Exception) -> bool:
    """Whether to retry a command: a conflict wrote nothing; a stored key has no second effect."""
    known = bool(delivery.call.idempotency_key and delivery.route.knows_keys)
    return isinstance(error, Conflict) or (known and isinstance(error, Unavailable))


def may_retry_query(_delivery: Delivery, error: Exception) -> bool:
    """Whether to retry a query: it has no effect, so any transient error qualifies."""
    return isinstance(error, Unavailable | Conflict)


def idempotency(inner: Handler) -> Handler:
    """Allow one command per key, and return the one answer that was stored with its effect.

    The answer is looked up again afterwards: of several requests at once, one has written it, and
    the others found nothing left to do, or were refused for what it did. A command without an
    effect stores its answer separately; a refusal is not stored.
    """

    def handle(delivery: Delivery) -> Result[Any]:
        if delivery.call.idempotency_key is None or not delivery.route.knows_keys:
            return inner(delivery)
        known = with_fingerprint(delivery)
        claim(known)
        given = answer_given(known)
        if given is not None:
            return Ok(given)
        result = inner(known)
        given = answer_given(known)
        return store_answer(known, result) if given is None else Ok(given)

    return handle
