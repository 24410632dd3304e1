"""Commands that read workflows."""

from typing import Annotated

import typer

from slipway_local.cli import arguments
from slipway_local.cli.exits import Exit
from slipway_local.cli.verbs.options import Cursor, Id, Json

verbs = typer.Typer()


@verbs.command()
def status(workflow_id: Id, as_json: Json = False) -> None:
    """Show a workflow with its steps."""
    _read("show_status", workflow_id, as_json)


@verbs.command()
def watch(workflow_id: Id, as_json: Json = False) -> None:
    """Follow a workflow to its end."""
    _read("watch", workflow_id, as_json)


@verbs.command(name="list")
def list_workflows(
    status: Annotated[str | None, typer.Option(help="Only those with this status.")] = None,
    session: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Only those of this session.", parser=arguments.session_id),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100)] = 20,
    cursor: Cursor = None,
    owner: Annotated[str | None, typer.Option(help="Another owner's; operators only.")] = None,
    as_json: Json = False,
) -> None:
    """List workflows, the newest first."""
    from slipway_local.cli import reading
    from slipway_local.cli.output import Output

    asked = {"status": status, "session": session, "owner": owner, "limit": limit}
    raise typer.Exit(reading.show_list({**asked, "cursor": cursor}, Output(as_json)))


@verbs.command()
def timeline(workflow_id: Id, as_json: Json = False) -> None:
    """Show a workflow's events in order."""
    _read("show_timeline", workflow_id, as_json)


@verbs.command()
def history(
    workflow_id: Id,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="RFC 3339, inclusive.")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="RFC 3339, exclusive.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100)] = 100,
    cursor: Cursor = None,
    as_json: Json = False,
) -> None:
    """Show the events in a time range; with --json also what each of them changed."""
    from slipway_local.cli import looking_back
    from slipway_local.cli.output import Output

    asked = {"since": since, "until": until, "limit": limit, "cursor": cursor}
    raise typer.Exit(looking_back.show_history(workflow_id, asked, Output(as_json)))


@verbs.command()
def stats(
    since: Annotated[str | None, typer.Option(metavar="DAY", help="Inclusive.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DAY", help="Exclusive.")] = None,
    owner: Annotated[str | None, typer.Option(help="Another owner's; operators only.")] = None,
    as_json: Json = False,
) -> None:
    """Count your workflows by outcome and day; the last seven days by default."""
    from slipway_local.cli import looking_back
    from slipway_local.cli.output import Output

    asked = {"since": since, "until": until, "owner": owner}
    raise typer.Exit(looking_back.show_stats(asked, Output(as_json)))


@verbs.command()
def receipt(workflow_id: Id, as_json: Json = False) -> None:
    """Show what a rollback left behind, as checked after it."""
    _read("show_receipt", workflow_id, as_json)


@verbs.command(name="undo-plan")
def undo_plan(workflow_id: Id, as_json: Json = False) -> None:
    """Show what a cancel or a rollback would undo now, and what it could not."""
    _read("show_undo_plan", workflow_id, as_json)


@verbs.command()
def logs(
    workflow_id: Id,
    step: Annotated[str | None, typer.Argument(metavar="[STEP]")] = None,
    as_json: Json = False,
) -> None:
    """Show the stored logs of one step, or of all."""
    from slipway_local.cli import reading
    from slipway_local.cli.output import Output

    raise typer.Exit(reading.show_logs(workflow_id, step, Output(as_json)))


def _read(verb: str, workflow_id: str, as_json: bool) -> None:
    from slipway_local.cli import reading
    from slipway_local.cli.output import Output

    code: Exit = getattr(reading, verb)(workflow_id, Output(as_json))
    raise typer.Exit(code)
