"""One command, one answer: however often it is sent with the same Idempotency-Key."""

import json
from dataclasses import replace
from typing import Any, get_type_hints

from pydantic import BaseModel, TypeAdapter

from slipway.cqrs.delivery import Delivery
from slipway.cqrs.ids import inbox_key
from slipway.cqrs.problem import Refused
from slipway.cqrs.request import Call
from slipway.fingerprint import fingerprint
from slipway.inbox import Inbox


def answer_given(delivery: Delivery) -> Any:
    """None when there is none yet. Raises Refused("idempotency_conflict") for another command."""
    route, call = delivery.route, delivery.call
    if call.idempotency_key is None or route.inbox is None:
        return None
    inbox = route.inbox().remembered(inbox_key(call))
    if inbox is None:
        return None
    if inbox.fingerprint != _fingerprint(delivery.checked(), call):
        raise key_was_used()
    if inbox.answer is None:
        return None
    kind = get_type_hints(route.function)["return"]
    return TypeAdapter(kind).validate_python(inbox.answer)


def claim(delivery: Delivery) -> None:
    """Raises Refused("idempotency_conflict") when its key is another command's."""
    route, call = delivery.route, delivery.call
    if call.idempotency_key is None or route.claims is None:
        return
    mine = Inbox(inbox_key(call), _fingerprint(delivery.checked(), call))
    if route.claims().claim(mine).fingerprint != mine.fingerprint:
        raise key_was_used()


def recognisable(delivery: Delivery) -> Delivery:
    """Its fingerprint is taken once, since it costs some hundredths of a second."""
    call = delivery.call
    return replace(delivery, call=replace(call, fingerprint=_fingerprint(delivery.checked(), call)))


def inbox_for(call: Call, command: BaseModel, answer: BaseModel) -> Inbox | None:
    """Goes into the same transaction as the command's effect."""
    if call.idempotency_key is None:
        return None
    return Inbox(inbox_key(call), _fingerprint(command, call), answer.model_dump(mode="json"))


def key_was_used() -> Refused:
    return Refused(
        "idempotency_conflict",
        "this Idempotency-Key was used for another request",
        field="Idempotency-Key",
        fix="send a new key with a new request",
    )


def _fingerprint(command: BaseModel, call: Call) -> str:
    """Of all that was sent, secrets too, and the condition."""
    if call.fingerprint is not None:
        return call.fingerprint
    told = [type(command).__name__, command.model_dump(mode="json")]
    if call.if_match is not None:
        told.append(call.if_match)
    return fingerprint(json.dumps(told, sort_keys=True), salt=inbox_key(call))
