"""The commands `cancel`, `rollback` and `resolve`."""

from enum import StrEnum
from typing import Annotated

import typer

from slipway_local.cli import arguments
from slipway_local.cli.verbs.options import Detach, Id, Json


class Decision(StrEnum):
    RETRY = "retry"
    SKIP = "skip"
    DONE = "done"


verbs = typer.Typer()


@verbs.command()
def cancel(
    workflow_id: Id,
    reason: Annotated[str, typer.Option()] = "cancelled by request",
    as_json: Json = False,
) -> None:
    """Cancel a workflow and undo what it did."""
    from slipway_local.cli import operating
    from slipway_local.cli.output import Output

    raise typer.Exit(operating.cancel(workflow_id, reason, Output(as_json)))


@verbs.command()
def rollback(
    workflow_id: Id,
    reason: Annotated[str, typer.Option()] = "rolled back by request",
    detach: Detach = False,
    as_json: Json = False,
) -> None:
    """Roll back a completed workflow: undo what it did and restore what ran before."""
    from slipway_local.cli import operating
    from slipway_local.cli.output import Output

    raise typer.Exit(operating.rollback(workflow_id, reason, detach, Output(as_json)))


@verbs.command()
def resolve(
    workflow_id: Id,
    step: Annotated[
        str,
        typer.Argument(
            metavar="STEP", parser=arguments.step_name, help="The step whose undo is parked."
        ),
    ],
    decision: Annotated[
        Decision, typer.Argument(help="Retry the undo, skip it, or mark it done by hand.")
    ],
    reason: Annotated[str | None, typer.Option(help="Required for skip.")] = None,
    as_json: Json = False,
) -> None:
    """Resolve a parked undo: retry it, skip it, or mark it done."""
    from slipway_local.cli import operating
    from slipway_local.cli.output import Output

    code = operating.resolve(workflow_id, step, decision.value, reason, Output(as_json))
    raise typer.Exit(code)
