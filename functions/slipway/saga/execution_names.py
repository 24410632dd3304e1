"""Executions are named after their workflow, so that the name of a dead one leads back to it."""

_UNDO = "-undo-"


def undo_execution(workflow_id: str, number: int) -> str:
    return f"{workflow_id}{_UNDO}{number}"


def workflow_of(execution: str) -> str:
    return execution.partition(_UNDO)[0]
