"""Which messages may hold secrets is declared where their fields are, and found in every depth."""

from collections.abc import Mapping
from typing import Annotated

import pytest
from pydantic import BaseModel, Field

from slipway.messages.secrecy import MAY_BE_SECRET, may_hold_secrets

Password = Annotated[str, Field(min_length=8), MAY_BE_SECRET]


class Plain(BaseModel):
    reason: str
    labels: dict[str, str] = {}


class Inner(BaseModel):
    password: Password | None = None


class Directly(BaseModel):
    password: Password


class InAMapping(BaseModel):
    env: Mapping[str, Password]


class Deeper(BaseModel):
    several: tuple[Inner, ...] = ()


class Endless(BaseModel):
    within: "Endless | None" = None
    reason: str = ""


@pytest.mark.parametrize("message", [Inner, Directly, InAMapping, Deeper])
def test_what_may_be_a_secret_is_found_in_every_depth(message: type[BaseModel]) -> None:
    assert may_hold_secrets(message)


@pytest.mark.parametrize("message", [Plain, Endless])
def test_other_messages_hold_none(message: type[BaseModel]) -> None:
    assert not may_hold_secrets(message)
