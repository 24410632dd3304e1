"""Whether IAM would let a call through: the statements of a role, read as IAM reads them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from tests.integration.wiring.calls import Request

Statement = Mapping[str, Any]
_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": str.__eq__,
    "ForAnyValue:StringEquals": str.__eq__,
    "StringLike": fnmatchcase,
    "ForAnyValue:StringLike": fnmatchcase,
}


def is_permitted(statements: Iterable[Statement], request: Request) -> bool:
    """An explicit denial wins; what no statement allows is denied."""
    effects = {each["Effect"] for each in statements if _concerns(each, request)}
    return effects == {"Allow"}


def _concerns(statement: Statement, request: Request) -> bool:
    return (
        _any_like(statement["Action"], request.action)
        and _any_like(statement["Resource"], request.resource)
        and all(
            _holds(_OPERATORS[operator], key, _list(wanted), request)
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def _holds(
    operator: Callable[[str, str], bool], key: str, wanted: Sequence[str], request: Request
) -> bool:
    """A key that the call does not bring along never holds."""
    sent, value = request.context or (None, "")
    return sent == key and any(operator(value, each) for each in wanted)


def _any_like(patterns: str | Sequence[str], value: str) -> bool:
    """IAM's `*` and `?`; a bracket means itself."""
    return any(fnmatchcase(value, each.replace("[", "[[]")) for each in _list(patterns))


def _list(value: str | Sequence[str]) -> Sequence[str]:
    return [value] if isinstance(value, str) else value
