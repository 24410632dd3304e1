"""Derive the app's name from its folder."""

import re
from pathlib import Path

from slipway_local.cli.exits import CliError, Exit
from slipway_local.cli.output import Output, plain

_LONGEST = 48
_FIX = "set --name: lower-case letters, digits and dashes, at most 48"


def name_of(folder: Path) -> str:
    """The folder's name as a DNS label. Raises CliError if letters would be lost."""
    try:
        given = folder.resolve().name
    except FileNotFoundError:
        raise CliError(
            Exit.BAD_INPUT,
            "the current folder does not exist any more",
            fix="change to an existing folder",
            code="no_such_path",
        ) from None
    name = re.sub(r"[^a-z0-9]+", "-", given.lower()).strip("-")
    if not name[:1].isalpha():
        name = f"app-{name}".strip("-")
    if len(name) > _LONGEST or any(each.isalnum() and not each.isascii() for each in given):
        raise CliError(
            Exit.BAD_INPUT,
            f"the folder's name {given!r} is not a valid app name",
            fix=_FIX,
            code="invalid_name",
        )
    return name


def tell_name(folder: Path, given: str | None, output: Output) -> None:
    """Print the derived name, unless one was given."""
    if given is None:
        output.note(f"app: {plain(name_of(folder))} (from the folder's name; override with --name)")
