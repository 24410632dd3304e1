"""What only a real table can do to a change: be slow, be full, answer into the void."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from moto import mock_aws
from tests.contract.tables import create_table

from slipway.adapters.dynamodb_items import lock_key
from slipway.adapters.dynamodb_store import DynamoDbStore
from slipway.adapters.dynamodb_writing import REMEMBERED_FOR
from slipway.messages.events import Event
from slipway.saga import transitions
from slipway.saga.errors import Rejected, Unavailable
from slipway.saga.state import StepRecord, WorkflowRecord
from slipway.saga.store import Conflict, Inbox, TargetLocked

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

NOON = datetime(2030, 3, 2, 12, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def client() -> Iterator["DynamoDBClient"]:
    with mock_aws():
        client = boto3.client("dynamodb", "eu-central-1")
        create_table(client, "WriteTable", "write")
        yield client


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(client: "DynamoDBClient", clock: Clock) -> DynamoDbStore:
    return DynamoDbStore(client, "write", clock)


def workflow(name: str = "shop") -> WorkflowRecord:
    return WorkflowRecord(
        workflow_id=f"wf_{name}",
        definition="containerize",
        definition_version="1",
        request={},
        owner="anna",
        created_at=NOON,
        updated_at=NOON,
    )


def begin(store: DynamoDbStore, intent: dict[str, Any]) -> None:
    saga = store.load("wf_shop")
    step = StepRecord(name="build_image", number=3)
    store.commit(transitions.intended(saga, step, intent, NOON))


def test_a_saga_is_read_by_one_query_however_many_events_it_has(
    store: DynamoDbStore, client: "DynamoDBClient"
) -> None:
    store.commit(transitions.requested(workflow(), None))
    begin(store, {"tag": "shop:1"})
    calls: list[str] = []
    client.meta.events.register("before-call.dynamodb", lambda model, **_: calls.append(model.name))
    saga = store.load("wf_shop")

    assert calls == ["Query"]
    assert saga.workflow.version == 3


def test_a_saga_of_many_pages_is_read_whole(store: DynamoDbStore) -> None:
    store.commit(transitions.requested(workflow(), None))
    saga = store.load("wf_shop")
    for number in range(1, 6):
        step = StepRecord(name=f"step_{number}", number=number)
        change = transitions.intended(saga, step, {"text": "x" * 300_000}, NOON)
        store.commit(change)
        saga = store.load("wf_shop")

    assert list(saga.steps) == [f"step_{number}" for number in range(1, 6)]


def test_a_record_that_is_too_large_is_refused_before_anything_is_written(
    store: DynamoDbStore,
) -> None:
    store.commit(transitions.requested(workflow(), None))
    with pytest.raises(Rejected) as refused:
        begin(store, {"log": "x" * 410_000})

    assert refused.value.code == "record_too_large"
    assert store.load("wf_shop").workflow.version == 1


def test_a_command_is_forgotten_after_its_time_and_may_come_again(
    store: DynamoDbStore, clock: Clock
) -> None:
    store.commit(transitions.requested(workflow(), Inbox("key", "f", {"n": 1})))
    with pytest.raises(Conflict):
        store.commit(transitions.requested(workflow("twin"), Inbox("key", "f", {"n": 2})))
    clock.now += REMEMBERED_FOR + timedelta(seconds=1)

    assert store.remembered("key") is None
    store.commit(transitions.requested(workflow("twin"), Inbox("key", "f", {"n": 2})))
    assert store.remembered("key") == Inbox("key", "f", {"n": 2})


def test_an_event_number_that_is_taken_is_never_overwritten(store: DynamoDbStore) -> None:
    store.commit(transitions.requested(workflow(), None))
    saga = store.load("wf_shop")
    change = transitions.intended(saga, StepRecord(name="build_image", number=3), {}, NOON)
    forged = change.events[0].model_copy(update={"sequence": 1, "type": "slipway.forged"})
    with pytest.raises(Conflict):
        store.commit(type(change)(1, change.workflow, (), (forged,)))

    assert [event.type for event in store.events("wf_shop")] == ["slipway.workflow.requested"]


def test_the_same_change_has_the_same_token_and_another_change_another(
    store: DynamoDbStore, client: "DynamoDBClient"
) -> None:
    tokens: list[str] = []
    client.meta.events.register(
        "provide-client-params.dynamodb.TransactWriteItems",
        lambda params, **_: tokens.append(params["ClientRequestToken"]),
    )
    for name in ("shop", "shop", "twin"):
        try:
            store.commit(transitions.requested(workflow(name), None))
        except Conflict:
            continue

    assert tokens[0] == tokens[1] != tokens[2]
    assert all(len(token) == 36 for token in tokens)


@pytest.mark.parametrize(
    "trouble",
    [
        ReadTimeoutError(endpoint_url="https://dynamodb"),
        ClientError({"Error": {"Code": "ThrottlingException"}}, "TransactWriteItems"),
        ClientError({"Error": {"Code": "TransactionInProgressException"}}, "TransactWriteItems"),
    ],
)
def test_a_table_that_does_not_answer_is_worth_another_try(
    store: DynamoDbStore, client: "DynamoDBClient", trouble: Exception
) -> None:
    def fail(**_: object) -> None:
        raise trouble

    client.meta.events.register("before-call.dynamodb.TransactWriteItems", fail)
    with pytest.raises(Unavailable):
        store.commit(transitions.requested(workflow(), None))


def test_a_table_that_is_not_there_is_named_with_its_setting(client: "DynamoDBClient") -> None:
    with pytest.raises(Rejected) as refused:
        DynamoDbStore(client, "nowhere").load("wf_shop")

    assert refused.value.code == "no_write_table"
    assert "SLIPWAY_WRITE_TABLE" in (refused.value.fix or "")


def test_more_events_than_one_transaction_holds_are_refused(store: DynamoDbStore) -> None:
    change = transitions.requested(workflow(), None)
    events = tuple(_numbered(change.events[0], number) for number in range(1, 101))
    with pytest.raises(Rejected) as refused:
        store.commit(type(change)(0, change.workflow, (), events))

    assert refused.value.code == "record_too_large"


def _numbered(event: Event, sequence: int) -> Event:
    return event.model_copy(update={"sequence": sequence})


def test_a_lock_from_before_it_remembered_deployments_is_understood(
    store: DynamoDbStore, client: "DynamoDBClient"
) -> None:
    held = workflow().model_copy(update={"lock": "prod/shop/shop"})
    store.commit(transitions.requested(held, None))
    old = {"workflow_id": {"S": "wf_shop"}, **lock_key("prod/shop/shop")}
    client.put_item(TableName="write", Item=old)
    rival = workflow("rival").model_copy(update={"lock": "prod/shop/shop"})

    with pytest.raises(TargetLocked):
        store.commit(transitions.requested(rival, None))
    begin(store, {})
    store.commit(transitions.completed(store.load("wf_shop"), NOON))

    lock = store.target("prod/shop/shop")
    assert (lock.holder, lock.deployed, lock.version) == (None, ("wf_shop",), 1)
