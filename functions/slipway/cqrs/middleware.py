"""What every message passes on its way in, and its answer on its way out."""

import random
from collections.abc import Callable
from time import monotonic
from typing import Any

from pydantic import ValidationError

from slipway.cqrs.authority import check_may_call
from slipway.cqrs.delivery import Delivery, Handler, Middleware
from slipway.cqrs.idempotency import answer_given, claim, recognisable
from slipway.cqrs.invalid import invalid
from slipway.cqrs.result import Err, Ok, Result
from slipway.errors import Conflict, Unavailable

_WAITS_S = (0.1, 0.3)
"""At most, between three tries; the wait is drawn from the upper half."""
_WITHIN_S = 2.0
"""Whoever waits for the answer is not kept for longer by another try."""


def authorization(inner: Handler) -> Handler:
    """The caller may send such messages at all: asked before anything of it is looked at."""

    def handle(delivery: Delivery) -> Result[Any]:
        check_may_call(delivery.call, delivery.route.scope)
        return inner(delivery)

    return handle


def validation(inner: Handler) -> Handler:
    """From here on the message is what its type says."""

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
    """Sends again what met a busy or overtaken table, never what was rejected.

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


def harmless(delivery: Delivery, error: Exception) -> bool:
    """Of a command: a conflict has written nothing, and what is remembered has no second effect."""
    known = bool(delivery.call.idempotency_key and delivery.route.knows_keys)
    return isinstance(error, Conflict) or (known and isinstance(error, Unavailable))


def passing(_delivery: Delivery, error: Exception) -> bool:
    """Of a query: it may be asked as often as one likes."""
    return isinstance(error, Unavailable | Conflict)


def idempotency(inner: Handler) -> Handler:
    """One command for one key; and one answer, where it was written together with the effect.

    It is looked for again afterwards: of several that were sent at once, one has written it, and
    the others found that nothing is left to do, or were refused for what it did.
    """

    def handle(delivery: Delivery) -> Result[Any]:
        if delivery.call.idempotency_key is None or not delivery.route.knows_keys:
            return inner(delivery)
        known = recognisable(delivery)
        claim(known)
        given = answer_given(known)
        if given is not None:
            return Ok(given)
        result = inner(known)
        given = answer_given(known)
        return result if given is None else Ok(given)

    return handle
