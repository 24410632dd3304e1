"""Tables of a test, made from the same file that makes them on AWS."""

from pathlib import Path
from typing import Any

import yaml

_TEMPLATE = Path(__file__).parents[2] / "infra" / "tables.yaml"
_CALLS = (
    "BillingMode",
    "AttributeDefinitions",
    "KeySchema",
    "StreamSpecification",
    "GlobalSecondaryIndexes",
)


def create_table(client: Any, logical_id: str, name: str) -> str:
    properties = yaml.safe_load(_TEMPLATE.read_text())["Resources"][logical_id]["Properties"]
    told = {call: properties[call] for call in _CALLS if call in properties}
    if "StreamSpecification" in told:
        told["StreamSpecification"] = {**told["StreamSpecification"], "StreamEnabled": True}
    client.create_table(TableName=name, **told)
    return name
