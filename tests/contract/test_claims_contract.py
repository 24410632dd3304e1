"""A key is claimed alike in memory and in the write table: it belongs to one command, or none."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from moto import mock_aws
from tests.contract.stores import NOON, request, workflow
from tests.contract.tables import create_table

from slipway.adapters.dynamodb_claims import DynamoDbClaims
from slipway.adapters.dynamodb_store import DynamoDbStore
from slipway.cqrs.delivery import Claims
from slipway.saga import transitions
from slipway.saga.memory import MemoryStore
from slipway.saga.store import Conflict, Inbox, Store
from slipway_local.glue.dynamodb_lock import dynamodb_lock

Table = tuple[Claims, Store]
CALLERS = 20


@pytest.fixture(params=["memory", "dynamodb"])
def table(request: pytest.FixtureRequest) -> Iterator[Table]:
    """One table, as both ports see it."""
    if request.param == "memory":
        memory = MemoryStore()
        yield memory, memory
        return
    with dynamodb_lock(), mock_aws():
        client = boto3.client("dynamodb", "eu-central-1")
        name = create_table(client, "WriteTable", "write")
        yield DynamoDbClaims(client, name, lambda: NOON), DynamoDbStore(client, name, lambda: NOON)


def test_a_key_is_of_the_command_that_came_first(table: Table) -> None:
    claims, store = table
    first, other = Inbox("key", "first"), Inbox("key", "other")

    assert [claims.claim(each) for each in (first, other, first)] == [first] * 3
    assert store.remembered("key") == first
    assert claims.claim(Inbox("other key", "other")).fingerprint == "other"


def test_a_key_that_was_answered_stays_with_its_answer(table: Table) -> None:
    claims, store = table
    answered = Inbox("key", "request", {"workflow_id": "wf_shop"})
    request(store, "shop", inbox=answered)

    assert claims.claim(Inbox("key", "upload")) == answered
    assert store.remembered("key") == answered


def test_nothing_is_written_under_a_key_that_was_claimed(table: Table) -> None:
    claims, store = table
    claims.claim(Inbox("key", "upload"))

    with pytest.raises(Conflict):
        store.commit(transitions.requested(workflow("shop"), Inbox("key", "request", {})))

    assert store.remembered("key") == Inbox("key", "upload")


def test_of_many_at_once_one_has_the_key_and_the_others_are_told_whose_it_is(table: Table) -> None:
    claims, _ = table
    with ThreadPoolExecutor(CALLERS) as pool:
        standing = list(pool.map(lambda n: claims.claim(Inbox("key", f"{n}")), range(CALLERS)))

    assert len({each.fingerprint for each in standing}) == 1
