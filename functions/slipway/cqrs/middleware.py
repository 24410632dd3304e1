"""What every message passes on its way in, and its answer on its way out."""

from typing import Any

from pydantic import ValidationError

from slipway.cqrs.authority import check_may_call
from slipway.cqrs.delivery import Delivery, Handler, attempt
from slipway.cqrs.idempotency import answer_given, recognisable
from slipway.cqrs.problem import invalid
from slipway.cqrs.result import Err, Ok, Result


def authorization(inner: Handler) -> Handler:
    """The caller may send such messages at all: asked before anything of it is looked at."""

    def handle(delivery: Delivery) -> Result[Any]:
        route = delivery.route
        allowed = attempt(route.name, check_may_call, delivery.call, route.scope)
        return inner(delivery) if isinstance(allowed, Ok) else allowed

    return handle


def validation(inner: Handler) -> Handler:
    """From here on the message is what its type says."""

    def handle(delivery: Delivery) -> Result[Any]:
        try:
            message = delivery.checked()
        except ValidationError as error:
            return Err(invalid(error))
        return inner(delivery.of(message))

    return handle


def idempotency(inner: Handler) -> Handler:
    """One answer for one key: the one that was written together with the effect.

    It is looked for again afterwards: of several that were sent at once, one has written it, and
    the others found that nothing is left to do, or were refused for what it did.
    """

    def handle(delivery: Delivery) -> Result[Any]:
        if delivery.call.idempotency_key is None or delivery.route.inbox is None:
            return inner(delivery)
        known = recognisable(delivery)
        given = attempt(delivery.route.name, answer_given, known)
        if isinstance(given, Err) or given.value is not None:
            return given
        result = inner(known)
        given = attempt(delivery.route.name, answer_given, known)
        return result if isinstance(given, Ok) and given.value is None else given

    return handle
