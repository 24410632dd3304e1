"""A fingerprint of a command is slow to guess at where it may hold a secret, else quick."""

import hashlib
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from slipway.cqrs import Call
from slipway.cqrs.http import Endpoint
from slipway.cqrs.idempotency import inbox_for
from slipway.fingerprint import fingerprint
from slipway.messages.accounts import UpdateConfig
from slipway.messages.commands import CancelWorkflow
from slipway.messages.requests import ContainerizeRequest
from slipway.messages.secrecy import MAY_BE_SECRET, may_hold_secrets
from slipway.messages.sweeping import Sweep
from slipway.messages.views import Accepted

DONE = Accepted(workflow_id="wf_pot", version=2)
FUNCTIONS = Path(__file__).parents[4] / "functions"


class Brew(BaseModel):
    tea: str


class Deliver(BaseModel):
    code_of_the_door: Annotated[str, MAY_BE_SECRET]


@pytest.fixture
def guarded(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The texts that were made slow to guess."""
    texts: list[bytes] = []
    scrypt = hashlib.scrypt
    fingerprint.cache_clear()

    def noted(text: bytes, **how: Any) -> bytes:
        texts.append(text)
        return scrypt(text, **how)

    monkeypatch.setattr(hashlib, "scrypt", noted)
    return texts


def mark(command: BaseModel, key: str = "k", if_match: str | None = None) -> str:
    inbox = inbox_for(Call("anna", key, if_match), command, DONE)
    assert inbox
    return inbox.fingerprint


def test_only_what_may_be_a_secret_is_worth_the_time(guarded: list[bytes]) -> None:
    brewed = mark(Brew(tea="assam"))
    assert guarded == []

    delivered = mark(Deliver(code_of_the_door="1234"))
    assert len(guarded) == 1
    assert "assam" not in brewed
    assert "1234" not in delivered


@pytest.mark.parametrize("command", [Brew(tea="assam"), Deliver(code_of_the_door="1234")])
def test_the_same_under_another_key_or_condition_has_another_fingerprint(command: Any) -> None:
    assert mark(command) == mark(command)
    assert len({mark(command), mark(command, "other"), mark(command, if_match='"1"')}) == 3


def test_another_command_has_another_fingerprint() -> None:
    assert mark(Brew(tea="assam")) != mark(Brew(tea="oolong"))


def test_of_the_products_commands_only_a_deployment_may_hold_secrets() -> None:
    """In its environment. A new command with such a field is slow without being named here."""
    messages = {each.message for each in endpoints() if each.bus.route(each.message).knows_keys}

    assert {CancelWorkflow, UpdateConfig, Sweep} < messages
    assert {each for each in messages if may_hold_secrets(each)} == {ContainerizeRequest}


def endpoints() -> Iterator[Endpoint]:
    for room in ("commands", "recovery"):
        for path in (FUNCTIONS / room).glob("[a-z]*.py"):
            module = importlib.import_module(f"{room}.{path.stem}")
            yield from (each for each in vars(module).values() if isinstance(each, Endpoint))
