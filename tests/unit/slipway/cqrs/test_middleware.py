"""What a command passes on its way: who may send it, how often it is tried, how often it acts."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import BaseModel

from slipway.cqrs import Call, CommandBus, Err, Ok, authorization, idempotency, retry, validation
from slipway.cqrs.idempotency import inbox_for
from slipway.cqrs.middleware import may_retry_command, may_retry_query
from slipway.cqrs.problem import code_of
from slipway.cqrs.request import ANYBODY
from slipway.messages.views import Accepted
from slipway.saga.errors import Rejected, Unavailable
from slipway.saga.memory import MemoryStore
from slipway.saga.store import Conflict, Inbox

BUSY = Unavailable("aws_busy", "later")
DONE = Accepted(workflow_id="wf_pot", version=2)


class Brew(BaseModel):
    tea: str


ASSAM = Brew(tea="assam")


class Kitchen:
    """Fails as told, then brews; remembers what it answered under a key."""

    def __init__(self, *failures: Exception, after_it_wrote: bool = False) -> None:
        self.failures: Iterator[Exception] = iter(failures)
        self.after_it_wrote = after_it_wrote
        self.tries = 0
        self.inbox: dict[str, Inbox] = {}

    def remembered(self, key: str) -> Inbox | None:
        return self.inbox.get(key)

    def remember(self, inbox: Inbox) -> None:
        if inbox.key in self.inbox:
            raise Conflict(inbox.key)
        self.inbox[inbox.key] = inbox

    def brew(self, order: Brew, call: Call) -> Accepted:
        self.tries += 1
        failure = next(self.failures, None)
        if failure is None or self.after_it_wrote:
            answer = inbox_for(call, order, DONE)
            self.inbox |= {answer.key: answer} if answer else {}
        if failure:
            raise failure
        return DONE


def sent(
    kitchen: Kitchen,
    key: str | None = None,
    times: Iterable[float] = (),
    may_repeat: Any = may_retry_command,
) -> tuple[Any, list[float]]:
    """The result and the waits. `times` are what the clock tells; it stands still by default."""
    waits: list[float] = []
    told = iter(times)
    again = retry(lambda: waits.append, may_repeat, draw=lambda: 1.0, clock=lambda: next(told, 0.0))
    bus = CommandBus((authorization, validation, again, idempotency))
    bus.register(Brew, kitchen.brew, scope="public", inbox=lambda: kitchen)
    return bus.send(ASSAM, Call("anna", key)), waits


def test_nobody_is_not_served_and_what_was_sent_is_not_looked_at() -> None:
    bus = CommandBus((authorization, validation))
    bus.register(Brew, Kitchen().brew, scope="workflows:write")

    result = bus.deliver(Brew, {"coffee": True}, Call(ANYBODY))

    assert isinstance(result, Err)
    assert code_of(result.error) == "unauthenticated"


@pytest.mark.parametrize(
    ("scope", "caller", "code"),
    [
        ({}, ANYBODY, "unauthenticated"),
        ({}, "anna", None),
        ({"scope": "workflows:write"}, "anna", "forbidden"),
        ({"scope": "public"}, ANYBODY, None),
    ],
)
def test_whoever_has_an_identity_is_served_unless_a_handler_says_otherwise(
    scope: dict[str, str], caller: str, code: str | None
) -> None:
    bus = CommandBus((authorization, validation))
    bus.register(Brew, Kitchen().brew, **scope)  # type: ignore[arg-type]

    result = bus.send(ASSAM, Call(caller))

    assert (code_of(result.error) if isinstance(result, Err) else None) == code


def test_fields_are_checked_and_the_handler_is_given_a_message() -> None:
    bus = CommandBus((validation,))
    bus.register(Brew, Kitchen().brew)

    wrong, right = (bus.deliver(Brew, told, Call("anna")) for told in ({}, {"tea": "assam"}))

    assert isinstance(wrong, Err)
    assert code_of(wrong.error) == "invalid_request"
    assert right == Ok(DONE)


@pytest.mark.parametrize("error", [BUSY, Conflict("wf_pot")])
def test_what_was_busy_is_tried_again_with_growing_waits(error: Exception) -> None:
    kitchen = Kitchen(error, error)

    assert sent(kitchen, "k") == (Ok(DONE), [0.1, 0.3])


def test_three_tries_are_all() -> None:
    kitchen = Kitchen(*[BUSY] * 9)

    assert sent(kitchen, "k")[0] == Err(BUSY)
    assert kitchen.tries == 3


def test_nobody_is_kept_waiting_by_another_slow_try() -> None:
    kitchen = Kitchen(BUSY)

    assert sent(kitchen, "k", times=(0.0, 2.5)) == (Err(BUSY), [])


def test_a_refusal_is_final() -> None:
    no = Rejected("no_tea", "there is none")

    assert sent(Kitchen(no), "k") == (Err(no), [])


def test_without_a_key_nothing_is_sent_twice_that_may_have_had_its_effect() -> None:
    assert sent(Kitchen(BUSY)) == (Err(BUSY), [])
    assert sent(Kitchen(Conflict("wf_pot")))[0] == Ok(DONE)
    assert sent(Kitchen(BUSY), may_repeat=may_retry_query)[0] == Ok(DONE)


def test_an_effect_whose_answer_was_lost_is_found_and_not_repeated() -> None:
    kitchen = Kitchen(BUSY, after_it_wrote=True)

    assert sent(kitchen, "k") == (Ok(DONE), [])
    assert kitchen.tries == 1


def test_a_command_that_claims_its_key_acts_again_with_it_and_no_other_does() -> None:
    """Also at once, when the table was busy: its answer is not remembered."""
    kitchen, claims = Kitchen(BUSY), MemoryStore()
    again = retry(lambda: lambda _seconds: None, may_retry_command)
    bus = CommandBus((again, idempotency))
    bus.register(Brew, kitchen.brew, claims=lambda: claims)

    results = [bus.send(Brew(tea=tea), Call("anna", "k")) for tea in ("assam", "assam", "mate")]

    assert results[:2] == [Ok(DONE)] * 2
    assert isinstance(results[2], Err)
    assert code_of(results[2].error) == "idempotency_conflict"
    assert kitchen.tries == 3


def test_one_key_is_for_one_command_of_one_caller() -> None:
    kitchen = Kitchen()
    bus = CommandBus((idempotency,))
    bus.register(Brew, kitchen.brew, inbox=lambda: kitchen)

    orders = [("anna", "assam"), ("anna", "assam"), ("boris", "assam"), ("anna", "earl grey")]
    results = [bus.send(Brew(tea=tea), Call(who, "k")) for who, tea in orders]

    assert results[:3] == [Ok(DONE)] * 3
    assert kitchen.tries == 2
    assert isinstance(results[3], Err)
    assert code_of(results[3].error) == "idempotency_conflict"


class Twin(Kitchen):
    """Somebody else sends the same at the same time, and is the first to be remembered."""

    def brew(self, order: Brew, call: Call) -> Accepted:  # noqa: ARG002  (there is a pot already)
        self.tries += 1
        return DONE.model_copy(update={"version": 2 + self.tries})

    def remember(self, inbox: Inbox) -> None:
        if inbox.key not in self.inbox:
            self.inbox[inbox.key] = replace(inbox, answer=DONE.model_dump(mode="json"))
        super().remember(inbox)


def test_of_two_that_changed_nothing_under_one_key_both_hear_the_answer_of_the_first() -> None:
    assert sent(Twin(), "k")[0] == Ok(DONE)


def test_what_changed_nothing_without_a_key_is_not_remembered() -> None:
    kitchen = Twin()

    assert sent(kitchen)[0] == Ok(DONE.model_copy(update={"version": 3}))
    assert kitchen.inbox == {}


def test_an_answer_of_any_type_is_remembered_under_the_key() -> None:
    kitchen, poured = Kitchen(), list[str]()

    def pour(order: Brew, _call: Call) -> str:
        poured.append(order.tea)
        return f"a cup of {order.tea}"

    bus = CommandBus((idempotency,))
    bus.register(Brew, pour, inbox=lambda: kitchen)

    results = [bus.send(ASSAM, Call("anna", "k")) for _ in range(2)]

    assert results == [Ok("a cup of assam")] * 2
    assert poured == ["assam"]


def test_a_command_that_returns_nothing_has_no_answer_to_remember() -> None:
    def pour(_order: Brew, _call: Call) -> None:
        """Returns nothing."""

    with pytest.raises(TypeError, match="pour: annotate what it returns"):
        CommandBus((idempotency,)).register(Brew, pour, inbox=Kitchen)
