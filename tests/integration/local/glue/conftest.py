"""moto alone, without the glue: a test puts on what it is about."""

from collections.abc import Iterator
from typing import Any

import pytest

from slipway_local.aws import aws_variables, draw_keys, environment, local_aws

NOTES: dict[str, Any] = {
    "TableName": "notes",
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "S"},
    ],
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
}


@pytest.fixture
def bare_moto() -> Iterator[None]:
    with environment(aws_variables(draw_keys(), "http://127.0.0.1:1")), local_aws():
        yield


@pytest.fixture
def dynamodb(bare_moto: None) -> Any:  # noqa: ARG001  (moto runs as long as this)
    import boto3  # noqa: PLC0415  (its default session is the fixture's)

    client = boto3.client("dynamodb")
    client.create_table(**NOTES)
    return client
