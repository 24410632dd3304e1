"""Execution names contain the workflow id, so that a failed execution leads to its workflow."""

_UNDO = "-undo-"


def undo_execution(workflow_id: str, number: int) -> str:
    return f"{workflow_id}{_UNDO}{number}"


def workflow_of(execution: str) -> str:
    return execution.partition(_UNDO)[0]
