"""Apply a command to an account."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from pydantic import BaseModel

from slipway.accounts.store import AccountChange, Accounts
from slipway.cqrs.effect import following
from slipway.cqrs.idempotency import inbox_for
from slipway.cqrs.request import Call
from slipway.errors import Conflict

A = TypeVar("A", bound=BaseModel)
_TRIES = 20


def take_account_effect(
    store: Accounts,
    call: Call,
    command: BaseModel,
    decide: Callable[[], tuple[A, AccountChange | None]],
) -> A:
    """Decide on the stored state, and again after a conflict; return the answer.

    Without a change nothing is written here. Raises Conflict when every attempt met one.
    """
    for _ in range(_TRIES):
        answer, change = decide()
        if change is None:
            return answer
        event, inbox = following(call, change.event), inbox_for(call, command, answer)
        try:
            store.record(replace(change, event=event, inbox=inbox))
        except Conflict:
            continue
        return answer
    raise Conflict(call.owner)
