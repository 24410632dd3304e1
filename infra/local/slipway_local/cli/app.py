"""The typer application. `--help` lists the commands in the order they are added here."""

from typing import Annotated

import typer

from slipway_local.cli.verbs import (
    accounts,
    deploying,
    generating,
    maintaining,
    operating,
    reading,
)

app = typer.Typer(
    help="Source in, running service out, or nothing left behind.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for subject in (deploying, reading, operating, accounts, maintaining, generating):
    app.add_typer(subject.verbs)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"slipway {version('slipway')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Source in, running service out, or nothing left behind."""
