"""Lists the files, folders and links of a project to pack, in the same order everywhere."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from slipway.containerize.archive.ignore_rules import Rules
from slipway.containerize.archive.refusals import source_changed
from slipway.saga.errors import Rejected


@dataclass(frozen=True)
class Found:
    """`name` is relative to the project's folder, with slashes. `status` is of a link itself."""

    name: str
    path: Path
    status: os.stat_result


def walk(folder: Path, left_out: list[str], skip: os.stat_result, rules: Rules) -> Iterator[Found]:
    """Yield what to pack; append excluded paths to `left_out`, not descending. Raises Rejected.

    `skip` is the archive that is being written, which may be inside the folder.
    """
    for found in _walk(folder, "", rules, left_out):
        if not os.path.samestat(found.status, skip):
            yield found


def _walk(folder: Path, prefix: str, above: Rules, left_out: list[str]) -> Iterator[Found]:
    rules = above.within(folder, prefix)
    for entry in _listed(folder, prefix):
        name, path = prefix + entry.name, Path(entry.path)
        is_folder = entry.is_dir(follow_symlinks=False)
        if rules.ignores(name, path, is_folder=is_folder):
            left_out.append(name)
            continue
        yield Found(name, path, _status(name, entry))
        if is_folder:
            yield from _walk(path, f"{name}/", rules, left_out)


def _status(name: str, entry: "os.DirEntry[str]") -> os.stat_result:
    try:
        return entry.stat(follow_symlinks=False)
    except OSError as error:
        raise source_changed(name, str(error.strerror)) from error


def _listed(folder: Path, prefix: str) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: os.fsencode(entry.name))
    except PermissionError as error:
        raise Rejected(
            "source_unreadable",
            f"the folder {prefix or '.'!r} cannot be read: permission denied",
            fix="make it readable, or name it in .slipwayignore",
        ) from error
    except OSError as error:
        raise source_changed(prefix or ".", str(error.strerror)) from error
