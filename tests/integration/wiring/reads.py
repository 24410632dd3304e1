"""Which settings a function reads: in its own file, and in all that the wiring builds for it."""

import ast
import importlib
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from slipway import wiring
from slipway.saga.step import Execute
from slipway.settings import Settings, variable

_ROUND_ABOUT = {"slipway.buses", "steps"}
"""What files of the rooms import, and what has ports of its own."""
_IN_THE_WIRING = "slipway.wiring"
Provider = Callable[[], object]


def variables_read(module: ModuleType, environment: Mapping[str, str]) -> set[str]:
    """By name. Builds all that the module's functions could ever ask the wiring for."""
    seen = set(_read_in(module))
    noting = _noting(environment, seen)
    with wiring.use(settings=noting):
        for provide in reached(providers(module)):
            provide()
    return {variable(field) for field in seen}


def providers(module: ModuleType) -> list[Provider]:
    """What it imports from the wiring, and what the steps do that it goes on with."""
    steps = [each.behaviour for each in vars(module).values() if isinstance(each, Execute)]
    named = [vars(wiring)[name] for name in _named(module)]
    return named + [port for step in steps for port in step.ports.values()]


def reached(begin: Iterable[Provider]) -> list[Provider]:
    """Those, and all that these could ask for when they are used."""
    waiting, found = list(begin), dict[Provider, None]()
    while waiting:
        function = waiting.pop()
        if function not in found:
            found[function] = None
            waiting += _asked_by(function)
    return [each for each in found if _is_provider(each) or each in begin]


def _noting(environment: Mapping[str, str], seen: set[str]) -> Settings:
    class Noting(Settings):
        def __getattribute__(self, name: str) -> Any:
            if name in Settings.model_fields:
                seen.add(name)
            return super().__getattribute__(name)

    return Noting.read(environment)


def _asked_by(function: Provider) -> Iterator[Provider]:
    """Also helpers between them. A field of the settings with a provider's name counts as it."""
    closure = inspect.getclosurevars(function)
    built = closure.nonlocals["build"] if _is_provider(function) else function
    for each in inspect.getclosurevars(built).globals.values():
        ours = isinstance(each, FunctionType) and each.__module__.startswith(_IN_THE_WIRING)
        if ours or _is_provider(each):
            yield each


def _is_provider(function: object) -> bool:
    return isinstance(function, FunctionType) and "build" in function.__code__.co_freevars


def _named(module: ModuleType) -> Iterator[str]:
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.ImportFrom) and node.module == _IN_THE_WIRING:
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module in _ROUND_ABOUT:
            yield from _named(importlib.import_module(node.module))
        elif isinstance(node, ast.Attribute) and _is(node.value, "wiring"):
            yield node.attr


def _read_in(module: ModuleType) -> Iterator[str]:
    """Of the settings themselves: `settings.x` of a port, `settings().x` of the provider."""
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Attribute) and _is(node.value, "settings"):
            yield from (name for name in _fields(node.attr) if name in Settings.model_fields)


def _fields(attribute: str) -> Iterator[str]:
    """A property reads fields."""
    made = vars(Settings).get(attribute)
    if isinstance(made, property) and made.fget:
        yield from made.fget.__code__.co_names
    else:
        yield attribute


def _is(node: ast.expr, name: str) -> bool:
    inner = node.func if isinstance(node, ast.Call) else node
    return isinstance(inner, ast.Name) and inner.id == name


def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
