"""Write all changes or none, and never overwrite content that was not seen."""

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

from slipway_local.cli.exits import CliError, Exit
from slipway_local.generating.draft import Change

Place = Callable[[Path, Path], None]
"""Takes a prepared file and its target, and replaces the target atomically."""


def write(root: Path, changes: Sequence[Change], replace: Place = os.replace) -> None:
    """Raises CliError when a file has changed or cannot be written, with all changes undone."""
    with ExitStack() as undo:
        try:
            prepared = [_prepared(root, change, undo) for change in changes]
            for change, file in zip(changes, prepared, strict=True):
                _put(root / change.path, change, file, undo, replace)
        except OSError as error:
            fix = "check the file; nothing was written"
            raise CliError(
                Exit.BAD_INPUT, f"{error.filename}: {error.strerror}", fix=fix, code="not_written"
            ) from error
        for file in prepared:
            file.unlink(missing_ok=True)
        undo.pop_all()


def _prepared(root: Path, change: Change, undo: ExitStack) -> Path:
    """Write the content to a temporary file beside its target, on the same disk."""
    folder = (root / change.path).parent
    for missing in [each for each in (*reversed(folder.parents), folder) if not each.exists()]:
        missing.mkdir()
        undo.callback(missing.rmdir)
    file = folder / f".{uuid4().hex}.slipway-new"
    undo.callback(file.unlink, missing_ok=True)
    file.write_bytes(change.after)
    return file


def _put(path: Path, change: Change, file: Path, undo: ExitStack, replace: Place) -> None:
    if (path.read_bytes() if path.exists() else None) != change.before:
        raise CliError(
            Exit.BAD_INPUT,
            f"{change.path} was changed concurrently",
            fix="run it again; nothing was written",
            code="changed_meanwhile",
        )
    if change.before is None:
        with path.open("xb") as new:  # fails if it was created concurrently
            undo.callback(path.unlink)
            new.write(change.after)
    else:
        file.chmod(path.stat().st_mode)
        replace(file, path)
        undo.callback(path.write_bytes, change.before)
