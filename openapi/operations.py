"""The operations of the API: each route of the template with its handler."""

import importlib
import inspect
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from slipway.cqrs.answers import Answer
from slipway.cqrs.authority import PUBLIC
from slipway.cqrs.http import Endpoint
from slipway_local.template.model import Route
from slipway_local.template.reading import read_system


@dataclass(frozen=True)
class Operation:
    """`returns` are the types that its function may return; `scope` is required of a caller.

    `knows_keys`: accepts an Idempotency-Key. `remembers`: repeats the stored response for a
    repeated key. `is_conditional`: accepts an If-Match.
    """

    name: str
    route: Route
    message: type[BaseModel]
    scope: str
    summary: str
    returns: tuple[type, ...]
    answer: Callable[[Any], Answer]
    knows_keys: bool
    remembers: bool
    is_conditional: bool

    @property
    def models(self) -> tuple[type[BaseModel], ...]:
        return tuple(each for each in self.returns if issubclass(each, BaseModel))

    @property
    def is_read(self) -> bool:
        return self.route.method == "GET"

    @property
    def is_public(self) -> bool:
        return self.scope == PUBLIC


def operations(template: Path) -> Iterator[Operation]:
    """Yield operations in template order. Raises TypeError for a route without an Endpoint."""
    system = read_system(template, {})
    handlers = {function.name: function.handler for function in system.functions}
    for route in system.routes:
        yield _operation(route, handlers[route.function])


def _operation(route: Route, handler: str) -> Operation:
    module_name, _, attribute = handler.rpartition(".")
    module = importlib.import_module(module_name)
    endpoint = vars(module)[attribute]
    if not isinstance(endpoint, Endpoint):
        raise TypeError(f"{handler} serves {route.method} {route.path}, and is no Endpoint")
    behind = endpoint.bus.route(endpoint.message)
    return Operation(
        name=module_name.rpartition(".")[2],
        route=route,
        message=endpoint.message,
        scope=behind.scope,
        summary=(inspect.getdoc(module) or "").partition("\n")[0],
        returns=_returns(behind.function),
        answer=endpoint.answer,
        knows_keys=behind.knows_keys,
        remembers=behind.inbox is not None,
        is_conditional=behind.conditional,
    )


def _returns(function: Any) -> tuple[type, ...]:
    told = get_type_hints(function)["return"]
    return get_args(told) if get_origin(told) in (Union, types.UnionType) else (told,)
