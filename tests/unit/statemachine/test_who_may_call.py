"""What the template lets in at the gateway: never less strict than the function behind it."""

from collections.abc import Mapping
from copy import deepcopy
from fnmatch import fnmatchcase
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from slipway_local.template.intrinsics import INTRINSICS
from slipway_local.template.stack import Stack
from slipway_local.template.yaml_loader import load_template

ROOT = Path(__file__).parents[3]
TEMPLATE: dict[str, Any] = load_template(ROOT / "template.yaml")
BY_TOKEN = {"JwtIssuer": "https://login.example.com", "JwtAudience": "slipway,ci"}
POLICIES = {
    "Reader": "workflows:read",
    "Writer": "workflows:write",
    "Operator": "workflows:operate",
}


def doors(template: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """`METHOD /path` → the event and its function's handler."""
    return {
        f"{event['Properties']['Method']} {event['Properties']['Path']}": {
            **event["Properties"],
            "Handler": resource["Properties"]["Handler"],
        }
        for resource in template["Resources"].values()
        for event in resource.get("Properties", {}).get("Events", {}).values()
        if event["Type"] == "HttpApi"
    }


def needed(door: Mapping[str, Any]) -> str:
    """What the function asks for."""
    module, _, name = door["Handler"].rpartition(".")
    endpoint = getattr(import_module(module), name)
    return str(endpoint.bus.route(endpoint.message).scope)


def api(**parameters: str) -> dict[str, Any]:
    """The OpenAPI document, as CloudFormation resolves it."""
    given = {"AWS::StackName": "slipway", **parameters}
    stack = Stack(ROOT / "template.yaml", given, INTRINSICS)
    body = deepcopy(TEMPLATE["Resources"]["Api"]["Properties"]["DefinitionBody"])
    del body["info"]
    resolved: dict[str, Any] = stack.resolve(body)
    return resolved


def gate(body: Mapping[str, Any]) -> dict[str, list[str] | None]:
    """`METHOD /path` → the scopes that the gateway asks for of a caller that it knows."""
    return {
        f"{method.upper()} {path}": operation["security"][0]["Caller"]
        for path, methods in body["paths"].items()
        for method, operation in methods.items()
    }


def open_doors(template: Mapping[str, Any]) -> set[str]:
    """Those that neither their own security nor the default authorizer guards."""
    paths = template["Resources"]["Api"]["Properties"]["DefinitionBody"]["paths"]
    default = template["Globals"]["HttpApi"]["Auth"].get("DefaultAuthorizer")
    guarded = {
        f"{method.upper()} {path}"
        for path, methods in paths.items()
        for method, operation in methods.items()
        if operation.get("security")
    }
    return {
        name
        for name, door in doors(template).items()
        if door.get("Auth", {}).get("Authorizer", default) in {None, "NONE"} and name not in guarded
    }


def test_only_the_health_check_is_open() -> None:
    assert open_doors(TEMPLATE) == {"GET /health"}


def test_a_route_that_was_left_open_is_found() -> None:
    without_default, opened = deepcopy(TEMPLATE), deepcopy(TEMPLATE)
    del without_default["Globals"]["HttpApi"]["Auth"]["DefaultAuthorizer"]
    del without_default["Resources"]["Api"]["Properties"]["DefinitionBody"]["paths"]["/uploads"]
    extra = {"Method": "GET", "Path": "/everything", "Auth": {"Authorizer": "NONE"}}
    events = opened["Resources"]["ListWorkflows"]["Properties"]["Events"]
    events["Planted"] = {"Type": "HttpApi", "Properties": extra}

    assert open_doors(without_default) == {"GET /health", "POST /uploads"}
    assert open_doors(opened) == {"GET /health", "GET /everything"}


def test_at_the_gateway_each_route_asks_for_the_scope_of_its_function() -> None:
    asked = gate(api(**BY_TOKEN))
    wanted = {name: [needed(door)] for name, door in doors(TEMPLATE).items()}
    del wanted["GET /health"]

    assert asked == wanted


def test_scopes_of_a_resource_server_have_its_name_before_them() -> None:
    asked = gate(api(**BY_TOKEN, JwtScopePrefix="slipway/"))

    assert asked["POST /sweep"] == ["slipway/workflows:operate"]


@pytest.mark.parametrize("parameters", [{}, {**BY_TOKEN, "JwtScopeClaim": "cognito:groups"}])
def test_where_the_gateway_cannot_read_scopes_it_asks_for_none(parameters: dict[str, str]) -> None:
    assert [scopes for scopes in gate(api(**parameters)).values() if scopes] == []


def test_a_token_is_that_of_the_issuer_and_for_one_of_the_audience() -> None:
    caller = api(**BY_TOKEN)["components"]["securitySchemes"]["Caller"]

    assert caller["type"] == "oauth2"
    assert caller["x-amazon-apigateway-authorizer"] == {
        "type": "jwt",
        "identitySource": "$request.header.Authorization",
        "jwtConfiguration": {"issuer": BY_TOKEN["JwtIssuer"], "audience": ["slipway", "ci"]},
    }


def test_without_an_issuer_callers_sign_for_iam() -> None:
    caller = api()["components"]["securitySchemes"]["Caller"]

    assert caller["x-amazon-apigateway-authtype"] == "awsSigv4"


@pytest.mark.parametrize(("policy", "scope"), POLICIES.items())
def test_a_policy_for_callers_allows_the_routes_of_its_scope_and_no_other(
    policy: str, scope: str
) -> None:
    document = load_template(ROOT / "infra/callers.yaml")["Resources"][policy]["Properties"]
    (statement,) = document["PolicyDocument"]["Statement"]
    patterns = [each["Fn::Sub"].partition("/$default/")[2] for each in statement["Resource"]]
    allowed = {
        name
        for name in doors(TEMPLATE)
        if any(fnmatchcase(name.replace(" /", "/"), pattern) for pattern in patterns)
    }

    assert statement["Action"] == "execute-api:Invoke"
    assert allowed == {n for n, door in doors(TEMPLATE).items() if needed(door) == scope}
