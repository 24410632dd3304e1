"""Arguments and options that commands share, and those of `deploy`."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from slipway_local.cli import arguments

Json: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Print one JSON document to standard output.")
]
Id: TypeAlias = Annotated[
    str,
    typer.Argument(metavar="ID", help="The workflow's id, wf_….", parser=arguments.workflow_id),
]
Cursor: TypeAlias = Annotated[
    str | None, typer.Option(help="The cursor printed with the previous page.")
]
Detach: TypeAlias = Annotated[bool, typer.Option("--detach", help="Do not wait for the end.")]

Source: TypeAlias = Annotated[
    Path,
    typer.Argument(metavar="PATH", help="The source folder.", parser=arguments.source),
]
Name: TypeAlias = Annotated[str | None, typer.Option(help="Default: the folder's name.")]
Namespace: TypeAlias = Annotated[str | None, typer.Option(help="Default: the app's name.")]
Component: TypeAlias = Annotated[str | None, typer.Option(help="A path within the source.")]
Port: TypeAlias = Annotated[int | None, typer.Option(help="Default: detected in the source.")]
Settings: TypeAlias = Annotated[list[str] | None, typer.Option(metavar="K=V", help="Repeatable.")]
Replicas: TypeAlias = Annotated[int | None, typer.Option(min=1, max=100)]
Scan: TypeAlias = Annotated[bool | None, typer.Option("--scan/--no-scan")]
ToCluster: TypeAlias = Annotated[
    bool | None, typer.Option("--deploy/--no-deploy", help="--no-deploy: stop after the push.")
]
Strict: TypeAlias = Annotated[
    bool | None,
    typer.Option(
        "--strict/--no-strict",
        help="Refuse on findings or without a scan; restrict egress to detected services.",
    ),
]
OnFailure: TypeAlias = Annotated[
    str | None, typer.Option(metavar="rollback", help="The only value supported yet.")
]
Adopt: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--adopt", help="Also change existing cluster objects that do not belong to this app."
    ),
]
Session: TypeAlias = Annotated[
    str | None, typer.Option(metavar="ID", help="The open session to add the workflow to, se_….")
]
