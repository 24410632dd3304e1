"""Both places where accounts are written, and what the tests of them share."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws
from tests.contract.tables import create_table

from slipway.accounts.memory import MemoryAccounts
from slipway.accounts.state import Session, expiry
from slipway.accounts.store import Accounts
from slipway.adapters.dynamodb_accounts import DynamoDbAccounts
from slipway.adapters.dynamodb_store import DynamoDbStore
from slipway.saga.store import Store

NOON = datetime(2030, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
Table = tuple[Accounts, Store]


@pytest.fixture(params=["memory", "dynamodb"])
def table(request: pytest.FixtureRequest) -> Iterator[Table]:
    """One table, as both ports see it."""
    if request.param == "memory":
        memory = MemoryAccounts()
        yield memory, memory
        return
    with mock_aws():
        client = boto3.client("dynamodb", "eu-central-1")
        name = create_table(client, "WriteTable", "write")
        yield (
            DynamoDbAccounts(client, name, lambda: NOON),
            DynamoDbStore(client, name, lambda: NOON),
        )


def a_session(name: str, owner: str = "anna", at: datetime = NOON, **labels: str) -> Session:
    return Session(
        session_id=f"se_{name}",
        owner=owner,
        labels=labels,
        created_at=at,
        expires_at=expiry(at),
    )
