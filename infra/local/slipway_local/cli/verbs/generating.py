"""`slipway new`: scaffolding for Slipway's own development, in a checkout."""

from typing import TYPE_CHECKING, Annotated

import typer

from slipway_local.cli.exits import Exit
from slipway_local.cli.verbs.options import Json

if TYPE_CHECKING:
    from slipway_local.generating.draft import Change, Draft

verbs = typer.Typer()
_new = typer.Typer(
    no_args_is_help=True,
    help="In a checkout of Slipway: generate a command, query or step, with test and wiring.",
)
Name = Annotated[
    str, typer.Argument(metavar="NAME", help="Name of the file and the function, in snake_case.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be written.")]
verbs.add_typer(_new, name="new")


@_new.command()
def step(
    name: Name,
    after: Annotated[
        str | None,
        typer.Option(metavar="STEP", help="Insert it after STEP. Default: before the last."),
    ] = None,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Generate a step of the saga, with its undo."""
    from slipway_local.generating.checkout import here
    from slipway_local.generating.naming import name_of
    from slipway_local.generating.new_step import draft_step

    drafted = draft_step(here(), name_of(name), after)
    raise typer.Exit(_written(*drafted, dry_run=dry_run, as_json=as_json))


Route = Annotated[
    str | None,
    typer.Option(metavar="PATH", help="Default: /workflows/{id}/NAME, with dashes."),
]


@_new.command()
def command(
    name: Name, route: Route = None, dry_run: DryRun = False, as_json: Json = False
) -> None:
    """Generate a command on a workflow: POST."""
    from slipway_local.generating.checkout import here
    from slipway_local.generating.naming import name_of
    from slipway_local.generating.new_route import COMMAND, draft_route

    drafted = draft_route(here(), COMMAND, name_of(name), route)
    raise typer.Exit(_written(*drafted, dry_run=dry_run, as_json=as_json))


@_new.command()
def query(name: Name, route: Route = None, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Generate a query of a workflow: GET."""
    from slipway_local.generating.checkout import here
    from slipway_local.generating.naming import name_of
    from slipway_local.generating.new_route import QUERY, draft_route

    drafted = draft_route(here(), QUERY, name_of(name), route)
    raise typer.Exit(_written(*drafted, dry_run=dry_run, as_json=as_json))


def _written(draft: "Draft", left: list[str], *, dry_run: bool, as_json: bool) -> Exit:
    """Write the draft. Raises CliError before anything is written."""
    from slipway_local.cli.output import Output, plain
    from slipway_local.generating.rendering import rendered
    from slipway_local.generating.writing import write

    changes = rendered(draft)
    if not dry_run:
        write(draft.checkout.root, changes)
    report = {
        "written": not dry_run,
        "new": [change.path for change in changes if change.is_new],
        "changed": [change.path for change in changes if not change.is_new],
        "next": left,
    }
    lines = [] if dry_run else [_line(change) for change in changes]
    if dry_run:
        report["diff"] = "".join(line for change in changes for line in change.diff())
        lines = str(report["diff"]).splitlines()
    Output(as_json).show(report, *map(plain, lines), *(plain(f"next: {each}") for each in left))
    return Exit.DONE


def _line(change: "Change") -> str:
    return f"{'new    ' if change.is_new else 'changed'}  {change.path}"
