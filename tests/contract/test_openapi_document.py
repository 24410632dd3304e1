"""The OpenAPI document says what a client meets besides the functions' own answers."""

import json
from pathlib import Path
from typing import Any

import pytest

from slipway_local.template.yaml_loader import load_template

ROOT = Path(__file__).parents[2]
DOCUMENT: dict[str, Any] = json.loads((ROOT / "openapi" / "openapi.json").read_text("utf-8"))
OPERATIONS: dict[str, dict[str, Any]] = {
    each["operationId"]: each for path in DOCUMENT["paths"].values() for each in path.values()
}
SCHEMAS = DOCUMENT["components"]["schemas"]
GATEWAY = {"application/json": {"schema": {"$ref": "#/components/schemas/GatewayMessage"}}}
PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_who_asks_too_often_is_told_so_by_the_gateway_alone(operation: str) -> None:
    api = load_template(ROOT / "template.yaml")["Resources"]["Api"]["Properties"]

    assert api["DefaultRouteSettings"]["ThrottlingRateLimit"]
    assert OPERATIONS[operation]["responses"]["429"]["content"] == GATEWAY


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_the_gateway_says_by_itself_is_announced_beside_the_functions_words(
    operation: str,
) -> None:
    responses = OPERATIONS[operation]["responses"]
    told = {code: each.get("content", {}) for code, each in responses.items() if code >= "400"}
    by_both = {"401", "403", "413", "500", "503"} & told.keys()
    by_functions = told.keys() - by_both - {"429"}

    assert {"500", "503"} <= by_both
    assert all(told[code] == {**PROBLEM, **GATEWAY} for code in by_both)
    assert all(told[code] == PROBLEM for code in by_functions)


def test_a_gateways_word_is_one_sentence() -> None:
    assert SCHEMAS["GatewayMessage"]["required"] == ["message"]


@pytest.mark.parametrize("schema", ["Options", "OptionDefaults"])
def test_a_choice_that_every_handler_refuses_says_so(schema: str) -> None:
    told = json.dumps(SCHEMAS[schema]["properties"]["on_failure"])

    assert "`advise` is refused for now" in told
