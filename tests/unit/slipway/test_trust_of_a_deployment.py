"""What the stack says about callers reaches the functions, and a slip in it is named."""

import pytest

from slipway import wiring
from slipway.cqrs.trust import Trust
from slipway.settings import InvalidSettings, Settings

ENVIRONMENT = {
    "SLIPWAY_OPERATORS": "arn:aws:iam::1:role/teams/ops,arn:aws:iam::1:user/olga",
    "SLIPWAY_SCOPE_CLAIM": "cognito:groups",
    "SLIPWAY_SCOPE_PREFIX": "slipway/",
}


def test_operators_claim_and_prefix_are_those_of_the_stack() -> None:
    with wiring.use(settings=Settings.read(ENVIRONMENT)):
        trust = wiring.trust()

    operators = {"arn:aws:iam::1:role/ops", "arn:aws:iam::1:user/olga"}
    assert trust == Trust(operators, "cognito:groups", "slipway/")


def test_a_stack_that_says_nothing_has_no_operators() -> None:
    with wiring.use(settings=Settings.read({"SLIPWAY_OPERATORS": ""})):
        assert wiring.trust() == Trust()


@pytest.mark.parametrize(
    "operators", ["ops", "arn:aws:iam::1:role/ops, arn:x", "arn:a,,arn:b", "*"]
)
def test_operators_that_are_no_arns_are_refused_at_the_start(operators: str) -> None:
    with pytest.raises(InvalidSettings, match="SLIPWAY_OPERATORS: give ARNs with commas"):
        Settings.read({"SLIPWAY_OPERATORS": operators})
