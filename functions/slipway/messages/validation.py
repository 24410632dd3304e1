"""Validate data against a type; pydantic is imported when the first message is validated."""

import json
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from slipway.messages.errors import InvalidMessage
from slipway.messages.handler import AnyHandler, Handler

if TYPE_CHECKING:
    from pydantic import TypeAdapter

D = TypeVar("D")


def validate(data: type[D]) -> Callable[[Handler[D]], AnyHandler]:
    """Pass the handler data of this type: a pydantic model, a dataclass, any type.

    JSON, as values or as bytes, is converted; an instance is passed as it is. Raises
    InvalidMessage.
    """

    def middleware(handler: Handler[D]) -> AnyHandler:
        return lambda message: handler(message.with_data(validated(data, message.data)))

    return middleware


def validated(into: type[D], data: object) -> D:
    """Parse as JSON, so that strict models accept times and ids as texts. Raises InvalidMessage."""
    if _is_one(data, into):
        return cast(D, data)
    from pydantic import ValidationError  # noqa: PLC0415  (keeps cold starts without models short)

    try:
        text = data if isinstance(data, bytes) else json.dumps(data)
        return cast(D, _adapter(cast(Any, into)).validate_json(text))
    except ValidationError as error:
        raise InvalidMessage("data", problems(error)) from error
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidMessage("data", f"is neither a {into.__name__} nor JSON") from error


def problems(error: Any) -> str:
    """The fields and error types of a pydantic ValidationError, without values."""
    errors = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(
        f"{'.'.join(map(str, each['loc'])) or 'data'} {each['type']}" for each in errors
    )


def _is_one(data: object, into: type[Any]) -> bool:
    try:
        return isinstance(data, into)
    except TypeError:  # such as list[int]
        return False


@cache
def _adapter(into: Any) -> "TypeAdapter[Any]":
    from pydantic import TypeAdapter  # noqa: PLC0415  (keeps cold starts without models short)

    return TypeAdapter(into)
