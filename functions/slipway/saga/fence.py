"""The fence: whether the steps of a workflow may still run forward."""

from slipway.saga.errors import Undoing
from slipway.saga.plan import Plan
from slipway.saga.state import Failure, WorkflowRecord


def refuse_forward(plan: Plan, workflow: WorkflowRecord) -> None:
    """Raises Undoing if no step may run forward: being undone, cancelled, or outdated (law 12)."""
    if workflow.is_fenced:
        raise Undoing("undoing", "this workflow is being undone or was undone", clean=True)
    if workflow.cancel:
        raise Undoing("cancelled", workflow.cancel.reason, clean=True)
    if why := outdated(plan, workflow):
        raise Undoing(why.code, why.message, fix=why.fix, clean=True)


def outdated(plan: Plan, workflow: WorkflowRecord) -> Failure | None:
    """Returns a failure if the workflow started under an incompatible plan version."""
    began = workflow.definition_version
    if plan.continues_from(began):
        return None
    return Failure(
        code="outdated",
        message=f"started under version {began} of {plan.name}; version {plan.version} undoes it",
        fix="request it again",
    )
