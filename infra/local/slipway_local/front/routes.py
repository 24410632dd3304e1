"""Match requests to the routes of the template."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from slipway_local.template.model import Route

_PARAMETER = re.compile(r"\{(\w+)(\+?)\}")


class Routes:
    """The most specific route wins: literals before parameters, parameters before `{name+}`."""

    def __init__(self, routes: Iterable[Route]) -> None:
        ordered = sorted(routes, key=_vagueness)
        self._patterns = [(route, re.compile(_expression(route.path))) for route in ordered]

    def find(self, method: str, path: str) -> tuple[Route, Mapping[str, str]] | None:
        for route, pattern in self._patterns:
            match = pattern.fullmatch(path)
            if match and route.method in (method, "ANY"):
                return route, {key: unquote(value) for key, value in match.groupdict().items()}
        return None

    def methods(self, path: str) -> list[str]:
        """Return the methods that have a route for this path, sorted."""
        fitting = {route.method for route, pattern in self._patterns if pattern.fullmatch(path)}
        return sorted(fitting)


def _vagueness(route: Route) -> tuple[int, int, bool]:
    greedy = route.path.count("+}")
    return greedy, len(_PARAMETER.findall(route.path)), route.method == "ANY"


def _expression(path: str) -> str:
    parts = _PARAMETER.split(path)
    literals, names, greedy = parts[0::3], parts[1::3], parts[2::3]
    groups = [
        f"(?P<{name}>{'.+' if plus else '[^/]+'})" for name, plus in zip(names, greedy, strict=True)
    ]
    return "".join(
        re.escape(text) + group for text, group in zip(literals, [*groups, ""], strict=True)
    )
