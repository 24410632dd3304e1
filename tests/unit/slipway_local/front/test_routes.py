from typing import Any

import pytest

from slipway_local.front.routes import Routes
from slipway_local.template.model import Route

ROUTES = Routes(
    [
        Route("ANY", "/{proxy+}", "Rest"),
        Route("GET", "/workflows/{id}", "Get"),
        Route("GET", "/workflows/statistics", "Statistics"),
        Route("POST", "/workflows/{id}/steps/{step}/resolve", "Resolve"),
        Route("GET", "/", "Console"),
    ]
)


@pytest.mark.parametrize(
    ("method", "path", "function", "parameters"),
    [
        ("GET", "/", "Console", {}),
        ("GET", "/workflows/wf_1", "Get", {"id": "wf_1"}),
        ("GET", "/workflows/a%2Fb", "Get", {"id": "a/b"}),
        ("GET", "/workflows/statistics", "Statistics", {}),
        ("POST", "/workflows/a/steps/b/resolve", "Resolve", {"id": "a", "step": "b"}),
        ("PUT", "/workflows/a", "Rest", {"proxy": "workflows/a"}),
        ("GET", "/workflows/a/b", "Rest", {"proxy": "workflows/a/b"}),
    ],
)
def test_the_most_specific_route_is_found(
    method: Any, path: Any, function: Any, parameters: Any
) -> None:
    match = ROUTES.find(method, path)

    assert match is not None
    route, found = match

    assert (route.function, found) == (function, parameters)


def test_what_no_route_has_is_not_found() -> None:
    assert Routes([Route("GET", "/a.b", "X")]).find("GET", "/aXb") is None
