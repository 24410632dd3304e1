"""The intrinsic functions of CloudFormation that Slipway's templates may use."""

from collections.abc import Mapping
from typing import Any

from slipway_local.template.errors import TemplateError
from slipway_local.template.stack import Intrinsic, Stack


def _get_att(stack: Stack, given: list[str]) -> Any:
    return stack.attribute(given[0], str(stack.resolve(given[1])))


def _sub(stack: Stack, given: Any) -> str:
    text, variables = given if isinstance(given, list) else (given, {})
    return stack.substitute(text, stack.resolve(variables))


def _join(stack: Stack, given: Any) -> str:
    separator, parts = given
    return str(separator).join(str(part) for part in stack.resolve(parts))


def _select(stack: Stack, given: Any) -> Any:
    index, items = given
    return stack.resolve(items)[int(index)]


def _split(stack: Stack, given: Any) -> list[str]:
    separator, text = given
    return str(stack.resolve(text)).split(separator)


def _if(stack: Stack, given: Any) -> Any:
    name, then, otherwise = given
    return stack.resolve(then if stack.condition(name) else otherwise)


def _equals(stack: Stack, given: Any) -> bool:
    left, right = stack.resolve(given)
    return str(left) == str(right)


def _import(stack: Stack, given: Any) -> Any:
    del stack
    raise TemplateError(f"Fn::ImportValue of {given!r}: the local system has no other stacks")


INTRINSICS: Mapping[str, Intrinsic] = {
    "Ref": Stack.ref,
    "Condition": Stack.condition,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::If": _if,
    "Fn::Equals": _equals,
    "Fn::Not": lambda stack, given: not stack.resolve(given)[0],
    "Fn::And": lambda stack, given: all(stack.resolve(given)),
    "Fn::Or": lambda stack, given: any(stack.resolve(given)),
    "Fn::ImportValue": _import,
}
