"""A claim in the write table: how long it stands, and what it costs."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws
from tests.contract.stores import NOON
from tests.contract.tables import create_table
from tests.integration.access.calls import recorded

from slipway.adapters.dynamodb_claims import DynamoDbClaims
from slipway.adapters.dynamodb_writing import REMEMBERED_FOR
from slipway.saga.errors import Unavailable
from slipway.saga.store import Inbox

FIRST, OTHER = Inbox("key", "first"), Inbox("key", "other")


@pytest.fixture
def client() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("dynamodb", "eu-central-1")
        create_table(client, "WriteTable", "write")
        yield client


def test_a_key_is_free_again_after_its_time_though_the_item_is_still_there(client: Any) -> None:
    def claims(later: timedelta = timedelta()) -> DynamoDbClaims:
        return DynamoDbClaims(client, "write", lambda: NOON + later)

    claims().claim(FIRST)
    last = REMEMBERED_FOR - timedelta(seconds=1)

    assert claims(last).claim(OTHER) == FIRST
    assert claims(REMEMBERED_FOR).claim(OTHER) == OTHER


def test_a_claim_is_one_write_whoever_has_the_key(client: Any) -> None:
    claims = DynamoDbClaims(client, "write", lambda: NOON)
    with recorded() as free:
        claims.claim(FIRST)
    with recorded() as taken:
        claims.claim(OTHER)

    assert [call.operation for call in free] == ["PutItem"]
    assert [call.operation for call in taken] == []  # it was refused, and nothing else was called


def test_a_key_that_a_transaction_is_writing_is_for_another_moment() -> None:
    client = boto3.client("dynamodb", "eu-central-1")
    stub = Stubber(client)
    stub.add_client_error("put_item", "TransactionConflictException", http_status_code=400)
    claims = DynamoDbClaims(client, "write", lambda: NOON)

    with stub, pytest.raises(Unavailable):
        claims.claim(FIRST)
