"""Tables, bucket and bus in moto, made from the templates that the stack is made from."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from moto import mock_aws

TABLES = Path(__file__).parents[4] / "infra" / "tables.yaml"
REGION = "eu-central-1"
BUCKET = "workspace"
_PARTS = ("AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes")


@contextmanager
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ACCOUNT_ID_ENDPOINT_MODE", "disabled")
    with mock_aws():
        yield


def client(service: str) -> Any:
    return boto3.client(service, region_name=REGION)  # type: ignore[call-overload]


def make_table(resource: str, name: str) -> Any:
    """The client of a table like the one in the template; a stream where that one has it."""
    told = yaml.safe_load(TABLES.read_text())["Resources"][resource]["Properties"]
    stream = told.get("StreamSpecification")
    parts = {part: told[part] for part in _PARTS if part in told}
    if stream:
        parts["StreamSpecification"] = {"StreamEnabled": True, **stream}
    dynamodb = client("dynamodb")
    dynamodb.create_table(TableName=name, **parts)
    return dynamodb
