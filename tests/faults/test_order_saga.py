"""The order saga keeps the twelve laws on both drivers: from a plan and its six functions."""

from collections.abc import Iterator

import pytest
from tests.faults.on_state_machine import StateMachines
from tests.faults.orders import KETTLE, ORDERS, STEPS, ShopWorld

from slipway.saga.testing import laws

MACHINES = StateMachines()

test_in_process = laws(plan=ORDERS, steps=STEPS, world=ShopWorld, request=KETTLE)
test_on_the_state_machine = laws(
    plan=ORDERS, steps=STEPS, world=ShopWorld, request=KETTLE, drive=MACHINES.drive
)


@pytest.fixture(scope="module", autouse=True)
def machines() -> Iterator[None]:
    with MACHINES.running():
        yield
