"""Turn a pydantic ValidationError into a refusal with a fix for each field."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from slipway.cqrs.problem import Refused

_NAME = "[key]"
"""Ends the location of an error in a mapping's key, rather than in its value."""
_LONGEST_NAME = 80
_NO_TIME = "is not a valid date or time: {error}"
_OBJECT = "give an object"
_WORDS: Mapping[str, str] = {
    "missing": "is missing",
    "extra_forbidden": "is unknown",
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dict_type": _OBJECT,
    "string_type": "give a string",
    "int_type": "give a whole number",
    "int_from_float": "give a whole number",
    "int_parsing": "give a whole number",
    "bool_type": "give true or false",
    "bool_parsing": "give true or false",
    "greater_than_equal": "give at least {ge}",
    "less_than_equal": "give at most {le}",
    "string_too_short": "give at least {min_length} characters",
    "string_too_long": "give at most {max_length} characters",
    "too_long": "give at most {max_length} items",
    "string_pattern_mismatch": "does not match {pattern}",
    "date_from_datetime_parsing": _NO_TIME,
    "datetime_from_date_parsing": _NO_TIME,
    "datetime_parsing": _NO_TIME,
    "literal_error": "give {expected}",
}
"""By pydantic's error type; other types keep pydantic's message."""


def invalid(error: ValidationError) -> Refused:
    """The detail is the first error; `errors` lists all of them."""
    errors = [_field_error(each) for each in error.errors()]
    first = errors[0]
    return Refused(
        "invalid_request",
        f"{first['field']}: {first['message']}",
        field=first["field"],
        fix=first["fix"],
        errors=errors,
    )


def _field_error(error: ErrorDetails) -> dict[str, str]:
    where, message = [str(part) for part in error["loc"]], _message(error)
    if where[-1:] == [_NAME]:
        *where, name, _ = where
        message = f"the name {name[:_LONGEST_NAME]!r}: {message}"
    field = ".".join(where) or "body"
    fix = {"missing": f"give {field}", "extra_forbidden": f"leave {field} out"}.get(error["type"])
    return {"field": field, "message": message, "fix": fix or f"correct {field}"}


def _message(error: ErrorDetails) -> str:
    known: dict[str, Any] = error.get("ctx", {})
    if error["type"] == "value_error":  # raised by one of our validators
        return str(known["error"])
    words = _WORDS.get(error["type"])
    return words.format_map(known) if words else error["msg"]
