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
    """Ask a workflow to stop and undo itself."""
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
        str, typer.Argument(metavar="STEP", parser=arguments.step_name, help="Whose undo waits.")
    ],
    decision: Annotated[Decision, typer.Argument(help="Again, leave it, or removed by hand.")],
    reason: Annotated[str | None, typer.Option(help="Needed to skip.")] = None,
    as_json: Json = False,
) -> None:
    """Decide on an undo that could not succeed by itself."""
    from slipway_local.cli import operating
    from slipway_local.cli.output import Output

    code = operating.resolve(workflow_id, step, decision.value, reason, Output(as_json))
    raise typer.Exit(code)
