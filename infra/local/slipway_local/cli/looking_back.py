"""The verbs that look back: the events of a workflow, and the figures of all."""

from typing import Annotated, Any

import typer

from slipway_local.cli import arguments

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Id = Annotated[
    str,
    typer.Argument(metavar="ID", help="The workflow's id, wf_….", parser=arguments.workflow_id),
]
Limit = Annotated[int, typer.Option(min=1, max=100)]
_COUNTS = ("requested", "completed", "compensated", "compensated_with_leftovers", "rolled_back")


def add_to(app: typer.Typer) -> None:
    app.command()(history)
    app.command()(stats)


def history(
    workflow_id: Id,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="RFC 3339, included.")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="RFC 3339, excluded.")] = None,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """Show the events within a time; with --json also what each of them changed."""
    from slipway_local.cli.output import first_line, when

    told, output = _asked(
        as_json, f"/workflows/{workflow_id}/history", since=since, until=until, limit=limit
    )
    rows = (
        (
            e["sequence"],
            when(e["time"]),
            e["type"],
            e["actor"] or "",
            first_line(e["message"] or ""),
        )
        for e in told["items"]
    )
    _show(output, told, (("#", "time", "event", "by", ""), rows))


def stats(
    since: Annotated[str | None, typer.Option(metavar="DAY", help="Included.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DAY", help="Excluded.")] = None,
    owner: Annotated[str | None, typer.Option(help="Not yours but theirs; for operators.")] = None,
    as_json: Json = False,
) -> None:
    """Count what became of your workflows, day by day; the last seven by default."""
    told, output = _asked(as_json, "/statistics", since=since, until=until, owner=owner)
    days = [*told["days"], {"day": "total", **told["total"]}]
    rows = [(each["day"], *(each[name] for name in _COUNTS)) for each in days]
    now = ", ".join(f"{number} {status}" for status, number in told["now"].items() if number)
    _show(output, told, (("day", *_COUNTS), rows), f"now: {now or 'no workflows'}")


def _asked(as_json: bool, path: str, **query: Any) -> tuple[Any, Any]:
    from slipway_local.cli.connection import connected
    from slipway_local.cli.output import Output

    output = Output(as_json)
    with connected(output, may_read=True) as client:
        return client.get(path, **query), output


def _show(output: Any, told: Any, table: tuple[Any, Any], *lines: str) -> None:
    from slipway_local.cli.exits import Exit
    from slipway_local.cli.output import columns

    output.show(told, *columns(*table), *lines)
    raise typer.Exit(Exit.DONE)
