"""One command, one answer: however often it is sent with the same Idempotency-Key."""

import json
from collections.abc import Callable

from pydantic import BaseModel

from slipway.cqrs.ids import inbox_key
from slipway.cqrs.problem import Refused
from slipway.cqrs.request import Call
from slipway.fingerprint import fingerprint
from slipway.messages.views import Accepted
from slipway.saga.state import Saga
from slipway.saga.store import Change, Inbox, Store
from slipway.saga.update import update


def remembered(store: Store, call: Call, command: BaseModel) -> Accepted | None:
    """The answer given before. Raises Refused("idempotency_conflict") for another command."""
    if call.idempotency_key is None:
        return None
    key = inbox_key(call)
    inbox = store.remembered(key)
    if inbox is None:
        return None
    if inbox.fingerprint != _fingerprint(command, key):
        raise key_was_used()
    return Accepted.model_validate(inbox.answer)


def answered_once(
    store: Store,
    call: Call,
    command: BaseModel,
    workflow_id: str,
    decide: Callable[[Saga], Change | None],
) -> Accepted:
    """Changes the workflow as `decide` says, unless this was asked before. Raises NotFound."""
    answer = remembered(store, call, command)
    if answer:
        return answer
    after = update(store, workflow_id, decide).workflow
    return Accepted(workflow_id=after.workflow_id, version=after.version)


def inbox_for(call: Call, command: BaseModel, answer: Accepted) -> Inbox | None:
    """Goes into the same transaction as the command's effect."""
    if call.idempotency_key is None:
        return None
    key = inbox_key(call)
    return Inbox(key, _fingerprint(command, key), answer.model_dump())


def key_was_used() -> Refused:
    return Refused(
        "idempotency_conflict",
        "this Idempotency-Key was used for another request",
        field="Idempotency-Key",
        fix="send a new key with a new request",
    )


def _fingerprint(command: BaseModel, key: str) -> str:
    """Of all that was sent, secrets too."""
    told = json.dumps([type(command).__name__, command.model_dump(mode="json")], sort_keys=True)
    return fingerprint(told, salt=key)
