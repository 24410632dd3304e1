"""Declare which message fields may hold secrets."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel


@dataclass(frozen=True)
class MayBeSecret:
    """For an `Annotated` text into which callers put passwords.

    Anything stored of a message that has one, at any depth, must not let it be guessed.
    """


MAY_BE_SECRET = MayBeSecret()


@cache
def may_hold_secrets(message: type[BaseModel]) -> bool:
    """Checks models and containers; a field of any other class has to be annotated itself."""
    return any(part == MAY_BE_SECRET for part in _parts(message, set()))


def _parts(kind: Any, seen: set[type]) -> Iterator[Any]:
    """All parts of a type and their annotations; a recursive model is visited once."""
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        yield kind
        inside = list(get_args(kind))
    elif kind in seen:
        return
    else:
        seen.add(kind)
        fields = kind.model_fields.values()
        inside = [part for each in fields for part in (each.annotation, *each.metadata)]
    for part in inside:
        yield from _parts(part, seen)
