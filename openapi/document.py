"""Builds the OpenAPI document from the operations and their models. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from openapi.operations import Operation
from openapi.parts import (
    GATEWAY_MESSAGE,
    IF_MATCH,
    IF_NONE_MATCH,
    PROBLEM,
    SECURITY_SCHEMES,
    SERVERS,
    answers_of,
    idempotency_key,
)
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from slipway.cqrs.request import field_named

Schema = dict[str, Any]
_Model = tuple[type[BaseModel], Literal["validation", "serialization"]]
_REF = "#/components/schemas/"
_IN_PATH = re.compile(r"{([a-z_]+)\+?}")


def document(operations: Sequence[Operation], version: str) -> Schema:
    models: set[_Model] = {(o.message, "validation") for o in operations}
    models |= {(model, "serialization") for o in operations for model in o.models}
    in_order = sorted(models, key=lambda model: (model[0].__name__, model[1]))
    references, told = models_json_schema(in_order, ref_template=_REF + "{model}")
    defined: Mapping[str, Schema] = {
        **told["$defs"],
        "Problem": PROBLEM,
        "GatewayMessage": GATEWAY_MESSAGE,
    }
    paths: dict[str, Schema] = {}
    for operation in operations:
        message = defined[_name(references[operation.message, "validation"])]
        returned = [references[model, "serialization"] for model in operation.models]
        path = operation.route.path.replace("+}", "}")
        method = operation.route.method.lower()
        paths.setdefault(path, {})[method] = _operation(operation, message, returned)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Slipway",
            "version": version,
            "description": "Source in, running service out, or nothing left behind.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": SERVERS,
        "paths": paths,
        "components": {
            "schemas": dict(sorted(_reached(paths, defined).items())),
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def _operation(operation: Operation, message: Schema, returned: Sequence[Schema]) -> Schema:
    parts = _IN_PATH.findall(operation.route.path)
    in_path = {field_named(part, operation.message): part for part in parts}
    fields = message.get("properties", {})
    rest = {name: schema for name, schema in fields.items() if name not in in_path}
    required = [name for name in message.get("required", []) if name in rest]
    parameters = [_parameter("path", shown, fields[name]) for name, shown in in_path.items()]
    told: Schema = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": ["queries" if operation.is_read else "commands"],
        "security": _security(operation),
    }
    if operation.is_read:
        parameters += [_parameter("query", n, s, required=n in required) for n, s in rest.items()]
        told["parameters"] = [*parameters, IF_NONE_MATCH]
    else:
        keys = [idempotency_key(operation)] if operation.knows_keys else []
        seen = [IF_MATCH] if operation.is_conditional else []
        told["parameters"] = [*parameters, *keys, *seen]
        if rest:
            told["requestBody"] = _body(message, rest, required)
    told["responses"] = answers_of(operation, returned)
    return told


def _security(operation: Operation) -> list[Schema]:
    return [] if operation.is_public else [{"bearer": [operation.scope]}, {"sigv4": []}]


def _parameter(where: str, name: str, schema: Schema, *, required: bool = True) -> Schema:
    return {"name": name, "in": where, "required": required, "schema": _plain(schema)}


def _plain(schema: Schema) -> Schema:
    """Without null and its default: an optional query parameter is omitted instead."""
    choices = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    kept = {k: v for k, v in schema.items() if k not in ("anyOf", "title")}
    if len(choices) == 1:
        kept = {**kept, **choices[0]}
    elif choices:
        kept["anyOf"] = choices
    return {k: v for k, v in kept.items() if (k, v) != ("default", None)}


def _body(message: Schema, fields: Schema, required: list[str]) -> Schema:
    schema = {**message, "properties": fields, "required": required}
    if not required:
        del schema["required"]
    return {"required": bool(required), "content": {"application/json": {"schema": schema}}}


def _name(reference: Schema) -> str:
    return str(reference["$ref"]).removeprefix(_REF)


def _reached(node: Any, defined: Mapping[str, Schema]) -> dict[str, Schema]:
    found: dict[str, Schema] = {}
    waiting = list(_references(node))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = defined[name]
            waiting += _references(defined[name])
    return found


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield _name(node)
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from _references(each)
