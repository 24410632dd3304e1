"""Who comes to the door, as the gateway tells it to a function (payload format 2.0)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.unit.slipway.cqrs.stories import Reply

ISSUER = "https://login.example.com"
ANNA = f"{ISSUER}#anna"
OPS = "arn:aws:iam::123456789012:role/ops"


def by_token(subject: str, *scopes: str) -> dict[str, Any]:
    claims = {"iss": ISSUER, "sub": subject, "aud": "slipway", "scope": " ".join(scopes)}
    return {"jwt": {"claims": claims, "scopes": None}}


def by_iam(role: str) -> dict[str, Any]:
    arn = f"arn:aws:sts::123456789012:assumed-role/{role}/run-7"
    return {"iam": {"accountId": "123456789012", "userArn": arn, "cognitoIdentity": None}}


READ, WRITE, OPERATE = "workflows:read", "workflows:write", "workflows:operate"
CALLERS: Mapping[str, Mapping[str, Any] | None] = {
    "nobody": None,
    "idle": by_token("anna"),
    "stranger": by_token("boris", READ, WRITE),
    "principal": by_iam("ci"),
    "reader": by_token("anna", READ),
    "writer": by_token("anna", READ, WRITE),
    "operator": by_token("olga", READ, WRITE, OPERATE),
    "ops": by_iam("ops"),
}
"""Anna owns what is there. `idle` is Anna with a token for something else; IAM lets `principal`
and `ops` through, and the stack names `ops` among its operators."""


@dataclass(frozen=True)
class Ask:
    """`{key}` in a path is the id of a workflow in the world, or of a step."""

    path: Mapping[str, str] | None = None
    body: Mapping[str, Any] | None = None
    query: Mapping[str, str] | None = None
    headers: Mapping[str, str] | None = None


def call(handler: Any, method: str, ask: Ask, caller: Mapping[str, Any] | None) -> Reply:
    context: dict[str, Any] = {"http": {"method": method}}
    answer = handler(
        {
            "version": "2.0",
            "headers": dict(ask.headers or {}),
            "pathParameters": ask.path,
            "queryStringParameters": ask.query,
            "body": None if ask.body is None else json.dumps(ask.body),
            "isBase64Encoded": False,
            "requestContext": context if caller is None else {**context, "authorizer": caller},
        },
        None,
    )
    return Reply(answer["statusCode"], answer["headers"], answer["body"])
