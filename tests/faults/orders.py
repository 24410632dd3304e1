"""An order: reserve the product, charge the card, ship the parcel. All that a saga needs."""

from dataclasses import dataclass, field

from pydantic import BaseModel

from slipway.saga import Outcome, Plan, Rejected, Step, Workflow


class Order(BaseModel):
    product: str
    amount_cents: int


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


ORDERS = Plan(
    "order", "1", Order, tuple(Step(n, timeout_s=10) for n in ("reserve", "charge", "ship"))
)
STEPS = {"reserve": (reserve, unreserve), "charge": (charge, refund), "ship": (ship, recall)}
KETTLE = {"product": "kettle", "amount_cents": 4900}


class ShopWorld:
    def __init__(self) -> None:
        self.shop = Shop()
        self.ports = {"shop": self.shop}

    def snapshot(self) -> object:
        shop = self.shop
        return dict(shop.reserved), dict(shop.charged), dict(shop.shipped)
