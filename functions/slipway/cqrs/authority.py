"""Who may do what. Every command asks here, and nowhere else."""

from slipway.cqrs.problem import Refused
from slipway.cqrs.request import ANYBODY, Call
from slipway.saga.state import WorkflowRecord
from slipway.saga.store import NotFound

PUBLIC = "public"
"""The scope of what is served without an identity."""


def check_may_call(call: Call, scope: str) -> None:
    """Asked before the message is looked at. Raises Refused("unauthenticated")."""
    if scope != PUBLIC and call.owner == ANYBODY:
        raise unauthenticated()


def check_may_operate(workflow: WorkflowRecord, call: Call) -> None:
    """Its owner may. Raises NotFound: to others it is not there."""
    if workflow.owner != call.owner:
        raise NotFound(workflow.workflow_id)


def unauthenticated() -> Refused:
    return Refused(
        "unauthenticated",
        "this request carries no identity",
        field="Authorization",
        fix="send a bearer token, or sign the request with AWS credentials",
    )
