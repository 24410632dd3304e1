"""Orders that need no undo, and orders whose changes and events share a transaction of DynamoDB."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import boto3
import pytest
from tests.contract.tables import create_table
from tests.faults.test_order_saga import KETTLE, ORDERS, STEPS, FakeWorld, Order

from slipway.adapters.dynamodb_store import DynamoDbStore
from slipway.saga import Outcome, Plan, Step, Workflow
from slipway.saga.testing import Subject, laws, laws_of
from slipway.saga.testing.trial import Trial
from slipway_local.testing import NotRunning, StateMachines

MACHINES = StateMachines()


def price(order: Workflow[Order], **_: object) -> Outcome:
    return Outcome.nothing(total_cents=order.request.amount_cents)


def nothing_to_undo(_order: Workflow[Order], **_: object) -> None:
    """A price that was worked out leaves nothing."""


def outbox() -> DynamoDbStore:
    client = boto3.client("dynamodb", "eu-central-1")
    table = f"write-{uuid4().hex}"
    return DynamoDbStore(client, create_table(client, "WriteTable", table))


PRICES = Plan("price", "1", Order, (Step("price", timeout_s=10),))
WITH_OUTBOX = Subject(
    plan=ORDERS,
    steps=STEPS,
    world=FakeWorld,
    request=KETTLE,
    store=outbox,
    drive=MACHINES.drive,
)

test_without_any_undo = laws(
    plan=PRICES, steps={"price": (price, nothing_to_undo)}, world=FakeWorld, request=KETTLE
)
test_with_the_outbox = laws_of({"outbox": WITH_OUTBOX}, 3, 5, 10, 11, 12)


@pytest.fixture(scope="module", autouse=True)
def machines() -> Iterator[None]:
    with MACHINES.running():
        yield


def test_where_no_machine_runs_nothing_is_asked_of_an_account_on_aws() -> None:
    elsewhere = replace(WITH_OUTBOX, drive=StateMachines().drive)

    with pytest.raises(NotRunning, match=r"running\(\)"):
        Trial(elsewhere).play()
