"""Both stores, and what the contracts of stores do with them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import boto3
import pytest
from moto import mock_aws
from tests.contract.tables import create_table

from slipway.adapters.dynamodb_store import DynamoDbStore
from slipway.saga import transitions
from slipway.saga.memory import MemoryStore
from slipway.saga.state import Receipt, Saga, WorkflowRecord
from slipway.saga.store import Inbox, Store
from slipway.saga.update import update

NOON = datetime(2030, 3, 2, 12, tzinfo=UTC)
SHOP = "lock#prod/shop/shop"


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
        return
    with mock_aws():
        client = boto3.client("dynamodb", "eu-central-1")
        yield DynamoDbStore(client, create_table(client, "WriteTable", "write"), lambda: NOON)


def workflow(name: str, lock: str | None = None) -> WorkflowRecord:
    return WorkflowRecord(
        workflow_id=f"wf_{name}",
        definition="containerize",
        definition_version="1",
        request={"app": {"name": name, "weight": 0.25}, "tags": [], "note": None},
        owner="anna",
        lock=lock,
        created_at=NOON,
        updated_at=NOON,
    )


def request(store: Store, name: str, lock: str | None = None, inbox: Inbox | None = None) -> Saga:
    store.commit(transitions.requested(workflow(name, lock), inbox))
    return store.load(f"wf_{name}")


def settle(store: Store, workflow_id: str) -> None:
    receipt = Receipt(clean=True, checked_at=NOON)
    update(store, workflow_id, lambda saga: transitions.settled(saga, receipt, NOON))
