"""Who may operate a workflow. Every command asks here, and nowhere else."""

from slipway.cqrs.request import Call
from slipway.saga.state import WorkflowRecord
from slipway.saga.store import NotFound


def check_may_operate(workflow: WorkflowRecord, call: Call) -> None:
    """Its owner may. Raises NotFound: to others it is not there."""
    if workflow.owner != call.owner:
        raise NotFound(workflow.workflow_id)
