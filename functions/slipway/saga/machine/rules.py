"""Rules for a rendered saga that linters of the Amazon States Language do not check."""

from collections.abc import Callable, Iterator

from slipway.saga.machine.rules_of_order import RULES_OF_ORDER
from slipway.saga.machine.rules_of_shape import RULES_OF_SHAPE
from slipway.saga.machine.rules_of_tasks import RULES_OF_TASKS
from slipway.saga.machine.rules_of_trying import RULES_OF_TRYING
from slipway.saga.machine.rules_of_waiting import RULES_OF_WAITING
from slipway.saga.machine.states import Machine
from slipway.saga.plan import Plan

Rule = Callable[[Machine, Plan], Iterator[str]]
RULES: tuple[Rule, ...] = (
    *RULES_OF_SHAPE,
    *RULES_OF_ORDER,
    *RULES_OF_TASKS,
    *RULES_OF_TRYING,
    *RULES_OF_WAITING,
)


def broken_rules(machine: Machine, plan: Plan) -> list[str]:
    """One message per violation, naming the state; empty if every rule is kept."""
    return [sentence for rule in RULES for sentence in rule(machine, plan)]
