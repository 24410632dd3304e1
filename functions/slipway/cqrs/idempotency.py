"""Idempotency keys: look up, claim and store the answer of a command."""

import json
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from slipway.cqrs.delivery import Delivery
from slipway.cqrs.ids import inbox_key
from slipway.cqrs.problem import Refused
from slipway.cqrs.request import Call
from slipway.cqrs.result import Err, Ok, Result
from slipway.errors import Conflict
from slipway.fingerprint import fingerprint, quick_fingerprint
from slipway.inbox import Inbox
from slipway.messages.secrecy import may_hold_secrets

_json = json.JSONEncoder(sort_keys=True).encode


def answer_given(delivery: Delivery) -> Any:
    """The stored answer, or None. Raises Refused("idempotency_conflict") for another command."""
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
    return route.answers.validate_python(inbox.answer)


def claim(delivery: Delivery) -> None:
    """Claim the key. Raises Refused("idempotency_conflict") when another command has it."""
    route, call = delivery.route, delivery.call
    if call.idempotency_key is None or route.claims is None:
        return
    mine = Inbox(inbox_key(call), _fingerprint(delivery.checked(), call))
    if route.claims().claim(mine).fingerprint != mine.fingerprint:
        raise key_was_used()


def with_fingerprint(delivery: Delivery) -> Delivery:
    """Compute the fingerprint once: it is slow on purpose where secrets may be included."""
    call = delivery.call
    return replace(delivery, call=replace(call, fingerprint=_fingerprint(delivery.checked(), call)))


def store_answer(delivery: Delivery, result: Result[Any]) -> Result[Any]:
    """Store the answer separately when the command wrote no transaction."""
    route, call = delivery.route, delivery.call
    if isinstance(result, Err) or route.inbox is None:
        return result
    if call.idempotency_key is None:
        return result
    answer = route.answers.dump_python(result.value, mode="json")
    inbox = Inbox(inbox_key(call), _fingerprint(delivery.checked(), call), answer)
    try:
        route.inbox().remember(inbox)
    except Conflict:  # a concurrent request with this key was faster
        given = answer_given(delivery)
        return result if given is None else Ok(given)
    return result


def inbox_for(call: Call, command: BaseModel, answer: BaseModel) -> Inbox | None:
    """The inbox record, to be written in the transaction of the command's effect."""
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
    """Covers everything that was sent, including secrets and If-Match."""
    if call.fingerprint is not None:
        return call.fingerprint
    identifying = [type(command).__name__, command.model_dump(mode="json")]
    if call.if_match is not None:
        identifying.append(call.if_match)
    taken = fingerprint if may_hold_secrets(type(command)) else quick_fingerprint
    return taken(_json(identifying), salt=inbox_key(call))
