"""The order saga of the README keeps the twelve laws, in this process and on Step Functions.

All that a saga of one's own needs is here: a plan, its six functions, a world, two drivers; and
nothing is imported that an installed package does not have.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import BaseModel

from slipway.saga import Outcome, Plan, Rejected, Step, Workflow
from slipway.saga.testing import Subject, laws
from slipway.saga.testing.sequences import sequences
from slipway_local.testing import StateMachines


class Order(BaseModel):
    product: str
    amount_cents: int = 4900


@dataclass
class Shop:
    """Everything is keyed by the order's id: doing it twice is doing it once."""

    stock: int = 9
    reserved: dict[str, str] = field(default_factory=dict)
    charged: dict[str, int] = field(default_factory=dict)
    shipped: dict[str, str] = field(default_factory=dict)

    def reserve(self, order: str, product: str) -> None:
        if len(self.reserved.keys() | {order}) > self.stock:
            raise Rejected("sold_out", f"no {product} left", clean=True)
        self.reserved[order] = product

    def charge(self, order: str, amount_cents: int) -> None:
        self.charged[order] = amount_cents

    def ship(self, order: str, product: str) -> None:
        self.shipped[order] = product

    def unreserve(self, order: str) -> None:
        self.reserved.pop(order, None)

    def refund(self, order: str) -> None:
        self.charged.pop(order, None)

    def recall(self, order: str) -> None:
        self.shipped.pop(order, None)

    def everything(self) -> object:
        return dict(self.reserved), dict(self.charged), dict(self.shipped)


def reserve(order: Workflow[Order], shop: Shop) -> Outcome:
    shop.reserve(order.id, order.request.product)
    return Outcome.of(created=(f"reservation:{order.id}",))


def unreserve(order: Workflow[Order], shop: Shop) -> None:
    shop.unreserve(order.id)


def charge(order: Workflow[Order], shop: Shop) -> Outcome:
    shop.charge(order.id, order.request.amount_cents)
    return Outcome.of(created=(f"charge:{order.id}",))


def refund(order: Workflow[Order], shop: Shop) -> None:
    shop.refund(order.id)


def ship(order: Workflow[Order], shop: Shop) -> Outcome:
    shop.ship(order.id, order.request.product)
    return Outcome.of(created=(f"parcel:{order.id}",))


def recall(order: Workflow[Order], shop: Shop) -> None:
    shop.recall(order.id)


class FakeWorld:
    def __init__(self) -> None:
        self.shop = Shop()
        self.ports = {"shop": self.shop}

    def snapshot(self) -> object:
        return self.shop.everything()


ORDERS = Plan(
    "order", "1", Order, tuple(Step(n, timeout_s=10) for n in ("reserve", "charge", "ship"))
)
STEPS = {"reserve": (reserve, unreserve), "charge": (charge, refund), "ship": (ship, recall)}
KETTLE = {"product": "kettle"}
SAGA: dict[str, Any] = {"plan": ORDERS, "steps": STEPS, "world": FakeWorld, "request": KETTLE}
MACHINES = StateMachines()

test_orders = laws(**SAGA)
test_orders_on_step_functions = laws(**SAGA, drive=MACHINES.drive)
TestOrders = sequences(Subject(**SAGA))


@pytest.fixture(scope="module", autouse=True)
def machines() -> Iterator[None]:
    with MACHINES.running():
        yield
