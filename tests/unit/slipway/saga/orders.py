"""A shop in memory and its order saga: reserve, charge, ship. Used by the tests of the toolkit."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pydantic import BaseModel

from slipway.saga import (
    Behaviour,
    Outcome,
    Plan,
    Rejected,
    Runner,
    Saga,
    Step,
    Workflow,
    WorkflowRecord,
    transitions,
)
from slipway.saga.driver import InProcessDriver
from slipway.saga.endings import Endings
from slipway.saga.finish import Inspector
from slipway.saga.memory import MemoryStore
from slipway.saga.parking import park
from slipway.saga.state import ReceiptItem

NOW = datetime(2030, 3, 2, 12, tzinfo=UTC)


class Order(BaseModel):
    product: str
    amount_cents: int


@dataclass
class Shop:
    """`troubles`: by effect, an error to raise before (`-`) or after (`+`) it."""

    stock: int = 1
    reserved: set[str] = field(default_factory=set)
    charged: set[str] = field(default_factory=set)
    shipped: set[str] = field(default_factory=set)
    troubles: dict[str, list[Exception]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def effect(self, name: str, act: Callable[[], None]) -> None:
        self.calls.append(name)
        self._trouble(f"-{name}")
        act()
        self._trouble(f"+{name}")

    def _trouble(self, key: str) -> None:
        if self.troubles.get(key):
            raise self.troubles[key].pop(0)

    @property
    def world(self) -> tuple[set[str], set[str], set[str]]:
        return self.reserved, self.charged, self.shipped


def reserve(order: Workflow[Order], shop: Shop) -> Outcome:
    if len(shop.reserved - {order.id}) >= shop.stock:
        raise Rejected("sold_out", f"no {order.request.product} left", clean=True)
    shop.effect("reserve", lambda: shop.reserved.add(order.id))
    return Outcome.of(created=(f"reservation:{order.id}",))


def unreserve(order: Workflow[Order], shop: Shop) -> None:
    shop.effect("unreserve", lambda: shop.reserved.discard(order.id))


def charge(order: Workflow[Order], shop: Shop) -> Outcome:
    shop.effect("charge", lambda: shop.charged.add(order.id))
    return Outcome.of(created=(f"charge:{order.id}",), paid_cents=order.request.amount_cents)


def refund(order: Workflow[Order], shop: Shop) -> None:
    shop.effect("refund", lambda: shop.charged.discard(order.id))


def ship(order: Workflow[Order], shop: Shop) -> Outcome:
    shop.effect("ship", lambda: shop.shipped.add(order.id))
    return Outcome.of(created=(f"parcel:{order.id}",))


def recall(order: Workflow[Order], shop: Shop) -> None:
    shop.effect("recall", lambda: shop.shipped.discard(order.id))


ORDERS = Plan(
    "order",
    version="1",
    request=Order,
    steps=tuple(
        Step(name, timeout_s=10, retries=1, undo_retries=1)
        for name in ("reserve", "charge", "ship")
    ),
)


class OrderDesk:
    """Everything needed to run order sagas inside a test. The clock stands still."""

    def __init__(self, shop: Shop, store: MemoryStore | None = None, plan: Plan = ORDERS) -> None:
        self.shop, self.plan = shop, plan
        self.store = store or MemoryStore()
        self.now = NOW
        self.runner = Runner(plan, self.store, lambda: self.now)
        ports = {"shop": lambda: shop}
        self.behaviours = {
            "reserve": Behaviour("reserve", reserve, unreserve, ports=ports),
            "charge": Behaviour("charge", charge, refund, ports=ports),
            "ship": Behaviour("ship", ship, recall, ports=ports),
        }
        self.driver = InProcessDriver(
            plan, self.runner, self.behaviours, self.endings([self.inspect_shop])
        )

    def order(self, workflow_id: str = "wf_anna") -> str:
        record = WorkflowRecord(
            workflow_id=workflow_id,
            definition=self.plan.name,
            definition_version=self.plan.version,
            request={"product": "kettle", "amount_cents": 4900},
            owner="anna",
            created_at=NOW,
            updated_at=NOW,
        )
        self.store.commit(transitions.requested(record, None))
        return workflow_id

    def run(self, workflow_id: str = "wf_anna") -> Saga:
        self.driver.run(self.order(workflow_id))
        return self.store.load(workflow_id)

    def endings(self, inspectors: list[Inspector]) -> Endings:
        return Endings.of(self.plan, self.store, inspectors, self._park, lambda: self.now)

    def _park(self, step: str, workflow_id: str, execution: str) -> str | None:
        park(self.plan, self.store, workflow_id, step, lambda: self.now, None, execution)
        return None

    def inspect_shop(self, saga: Saga) -> list[ReceiptItem]:
        found = zip(("reservation", "charge", "parcel"), self.shop.world, strict=True)
        return [
            ReceiptItem(
                kind=kind,
                name=saga.workflow.workflow_id,
                step=step.name,
                state="leftover" if saga.workflow.workflow_id in there else "absent",
            )
            for step, (kind, there) in zip(ORDERS.steps, found, strict=True)
        ]
