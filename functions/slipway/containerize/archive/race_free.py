"""Race-free reads from a folder that others may modify concurrently.

Every path component is opened relative to the one before it and never through a symlink: whatever
is swapped between listing and reading, nothing outside of the folder is read.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from slipway.containerize.archive.refusals import source_changed
from slipway.containerize.archive.walk import Found
from slipway.saga.errors import Rejected

_FOLDER = os.O_RDONLY | os.O_DIRECTORY
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK  # does not block on a pipe in a file's place


@contextmanager
def opened(folder: Path, found: Found) -> Iterator[BinaryIO]:
    """Open the same file that was listed. Raises Rejected: source_unreadable, source_changed."""
    with _parent(folder, found) as parent:
        try:
            handle = os.open(found.path.name, _FILE, dir_fd=parent)
        except PermissionError as error:
            raise _unreadable(found) from error
        except OSError as error:
            raise source_changed(found.name, str(error.strerror)) from error
    with open(handle, "rb") as file:  # noqa: PTH123  (a descriptor, not a path)
        now = os.fstat(file.fileno())
        if not stat.S_ISREG(now.st_mode) or not os.path.samestat(now, found.status):
            raise source_changed(found.name, "it was replaced by another file")
        yield file


def target_of(folder: Path, found: Found) -> str:
    """Return where the link points to. Raises Rejected: source_unreadable, source_changed."""
    with _parent(folder, found) as parent:
        try:
            return os.readlink(found.path.name, dir_fd=parent)
        except OSError as error:
            raise source_changed(found.name, str(error.strerror)) from error


@contextmanager
def _parent(folder: Path, found: Found) -> Iterator[int]:
    handle = os.open(folder, _FOLDER)
    try:
        for part in found.name.split("/")[:-1]:
            below = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=handle)
            os.close(handle)
            handle = below
        yield handle
    except PermissionError as error:
        raise _unreadable(found) from error
    except OSError as error:
        raise source_changed(found.name, str(error.strerror)) from error
    finally:
        os.close(handle)


def _unreadable(found: Found) -> Rejected:
    return Rejected(
        "source_unreadable",
        f"{found.name!r} cannot be read: permission denied",
        fix="make it readable, or name it in .slipwayignore",
    )
