"""The write side of workflows and accounts, and the state machine that drives workflows."""

from typing import TYPE_CHECKING, Any

from slipway.scopes import provider
from slipway.settings import InvalidSettings
from slipway.wiring.installation import client, settings

if TYPE_CHECKING:
    from slipway.accounts.store import Accounts
    from slipway.cqrs.delivery import Claims
    from slipway.cqrs.outbox import Executions
    from slipway.cqrs.rebuild import AllSubjects
    from slipway.saga.lease import Holds
    from slipway.saga.store import Store
    from slipway.saga.tasks import Tasks


@provider
def store() -> "Store":
    from slipway.adapters.dynamodb_store import DynamoDbStore

    return DynamoDbStore(client("dynamodb"), settings().write_table)


@provider
def accounts() -> "Accounts":
    from slipway.adapters.dynamodb_accounts import DynamoDbAccounts

    return DynamoDbAccounts(client("dynamodb"), settings().write_table)


@provider
def claims() -> "Claims":
    from slipway.adapters.dynamodb_claims import DynamoDbClaims

    return DynamoDbClaims(client("dynamodb"), settings().write_table)


@provider
def holds() -> "Holds":
    """Whether the function that took a lease may still run."""
    from slipway.saga.lease import until_it_expires

    return until_it_expires


@provider
def everything() -> "AllSubjects":
    from slipway.adapters.dynamodb_rebuild import DynamoDbAllSubjects

    return DynamoDbAllSubjects(client("dynamodb"), settings().write_table)


@provider
def tasks() -> "Tasks":
    from slipway.adapters.step_functions import StepFunctionsTasks

    return StepFunctionsTasks(_step_functions())


@provider
def _step_functions() -> Any:
    return client("stepfunctions")


@provider
def executions() -> "Executions":
    from slipway.adapters.step_functions import StepFunctionsExecutions

    arn = settings().state_machine_arn
    if arn is None:
        raise InvalidSettings("SLIPWAY_STATE_MACHINE_ARN is not set; the stack sets it")
    return StepFunctionsExecutions(_step_functions(), arn)
