"""The routes of the template with their handlers, and what each may be expected to answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from tests.integration.tenancy.callers import Ask
from tests.integration.tenancy.world import DEPLOYED, PARKED, REQUESTED, SITTING, UNDONE

from slipway_local.template.yaml_loader import load_template

TEMPLATE = load_template(Path(__file__).parents[3] / "template.yaml")
GIT = {"git": {"url": "https://git.example/shop.git"}}


class Answers(NamedTuple):
    """The status for each caller. Anna owns what is asked for."""

    nobody: int
    idle: int
    stranger: int
    principal: int
    reader: int
    writer: int
    operator: int
    ops: int


NOTHING = Ask()


@dataclass(frozen=True)
class Expected:
    answers: Answers
    ask: Ask = NOTHING


def _of(path: str, **more: str) -> dict[str, str]:
    return {"id": path, **more}


OF_ONE = Answers(401, 403, 404, 404, 200, 200, 200, 200)
FOR_OPERATORS = Answers(401, 403, 403, 403, 403, 403, 200, 200)
CHANGES_ONE = Answers(401, 403, 404, 404, 403, 202, 202, 202)
EXPECTED: Mapping[str, Expected] = {
    "GET /health": Expected(Answers(200, 200, 200, 200, 200, 200, 200, 200)),
    "POST /uploads": Expected(Answers(401, 403, 201, 201, 403, 201, 201, 201), Ask(body={})),
    "POST /workflows": Expected(
        Answers(401, 403, 202, 202, 403, 202, 202, 202),
        Ask(body={"source": GIT, "app": {"name": "new"}, "options": {"deploy": False}}),
    ),
    "GET /workflows": Expected(Answers(401, 403, 200, 200, 200, 200, 200, 200)),
    "GET /workflows/{id}": Expected(OF_ONE, Ask(_of(REQUESTED))),
    "GET /workflows/{id}/timeline": Expected(OF_ONE, Ask(_of(UNDONE))),
    "GET /workflows/{id}/history": Expected(OF_ONE, Ask(_of(UNDONE))),
    "GET /workflows/{id}/receipt": Expected(OF_ONE, Ask(_of(UNDONE))),
    "GET /workflows/{id}/undo-plan": Expected(OF_ONE, Ask(_of(DEPLOYED))),
    "GET /workflows/{id}/artifacts/{name+}": Expected(OF_ONE, Ask(_of(UNDONE, name="Dockerfile"))),
    "POST /workflows/{id}/cancel": Expected(CHANGES_ONE, Ask(_of(REQUESTED), {})),
    "POST /workflows/{id}/rollback": Expected(CHANGES_ONE, Ask(_of(DEPLOYED), {})),
    "POST /workflows/{id}/steps/{step}/resolve": Expected(
        Answers(401, 403, 403, 403, 403, 403, 202, 202),
        Ask(_of(PARKED, step="push_image"), {"decision": "skip", "reason": "retired"}),
    ),
    "POST /plan": Expected(
        Answers(401, 403, 200, 200, 200, 200, 200, 200),
        Ask(body={"source": GIT, "app": {"name": "new"}}),
    ),
    "POST /sessions": Expected(Answers(401, 403, 202, 202, 403, 202, 202, 202), Ask(body={})),
    "GET /statistics": Expected(Answers(401, 403, 200, 200, 200, 200, 200, 200)),
    "GET /sessions": Expected(Answers(401, 403, 200, 200, 200, 200, 200, 200)),
    "GET /sessions/{id}": Expected(
        Answers(401, 403, 404, 404, 200, 200, 404, 404), Ask(_of(SITTING))
    ),
    "DELETE /sessions/{id}": Expected(
        Answers(401, 403, 404, 404, 403, 202, 404, 404), Ask(_of(SITTING))
    ),
    "GET /config": Expected(Answers(401, 403, 200, 200, 200, 200, 200, 200)),
    "PUT /config": Expected(
        Answers(401, 403, 202, 202, 403, 202, 202, 202), Ask(body={"defaults": {}})
    ),
    "POST /sweep": Expected(FOR_OPERATORS, Ask(body={"dry_run": True})),
    "POST /workflows/{id}/replay": Expected(FOR_OPERATORS, Ask(_of(UNDONE))),
    "POST /rebuild": Expected(FOR_OPERATORS),
    "GET /drain": Expected(FOR_OPERATORS),
}


def routes(template: Mapping[str, Any] = TEMPLATE) -> dict[str, str]:
    """`METHOD /path` → handler, as `package.module.attribute`."""
    return {
        f"{event['Properties']['Method']} {event['Properties']['Path']}": given["Handler"]
        for given in (resource.get("Properties", {}) for resource in template["Resources"].values())
        for event in given.get("Events", {}).values()
        if event["Type"] == "HttpApi"
    }


ROUTES = routes()


def method_of(route: str) -> str:
    return route.partition(" ")[0]


def handler_of(route: str) -> Any:
    module, _, name = ROUTES[route].rpartition(".")
    return getattr(import_module(module), name)
