"""Sequences of commands, faults and time: whatever happens, the laws are kept after every event."""

from datetime import timedelta

from hypothesis import HealthCheck, Phase, settings
from tests.faults.pipelines import SUBJECTS
from tests.faults.test_order_saga import KETTLE, ORDERS, STEPS, FakeWorld

from slipway.saga.testing import Subject
from slipway.saga.testing.sequences import sequences

_ORDERS = settings(max_examples=200, stateful_step_count=12, deadline=None, derandomize=True)
_STEPS = settings(
    max_examples=10,
    stateful_step_count=5,
    deadline=timedelta(minutes=1),
    derandomize=True,
    phases=[Phase.generate],  # a story of so many steps takes too long to be told a hundred times
    suppress_health_check=[HealthCheck.too_slow],
)

TestOrders = sequences(Subject(plan=ORDERS, steps=STEPS, world=FakeWorld, request=KETTLE), _ORDERS)
TestTheTenSteps = sequences(SUBJECTS["older"], _STEPS)
