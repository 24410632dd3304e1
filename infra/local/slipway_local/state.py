"""The state folder: a running system announces itself there, and holds a lock against others."""

import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Self, TextIO

from slipway.settings import Settings

OWNER = "local"
"""The owner of everything in a local system."""
_TRIES, _PAUSE_S = 10, 0.02
_STARTS_WITHIN_S = 15.0


class NoFolder(Exception):  # noqa: N818  (named after the condition)
    """The state folder cannot be created or used; the message names it."""


class Unannounced(Exception):  # noqa: N818  (named after the condition)
    """A system is running, but its announcement cannot be read; the message names the file."""


class AlreadyRunning(Exception):  # noqa: N818  (named after the condition)
    """Another system uses the same state folder."""


@dataclass(frozen=True)
class Running:
    """`acts_on` describes the engine, cluster and registry. Empty when not known."""

    url: str
    token: str
    pid: int
    acts_on: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, note: str) -> Self:
        """Raises ValueError for an invalid announcement."""
        announcement = json.loads(note)
        known = {each.name for each in fields(cls)}
        if (
            not isinstance(announcement, dict)
            or not {"url", "token", "pid"} <= set(announcement) <= known
        ):
            raise ValueError("not an announcement of a running system")
        return cls(**announcement)


def state_folder(settings: Settings) -> Path:
    """Raises NoFolder for the home of an unknown user."""
    base = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    named = Path(settings.state) if settings.state else Path(base, "slipway")
    try:
        return named.expanduser()
    except RuntimeError as error:
        raise _no_folder(settings, error) from error


def usable_folder(settings: Settings) -> Path:
    """Return the state folder, created if needed. Raises NoFolder."""
    try:
        folder = state_folder(settings)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (folder / "up.lock").open("a"):
            return folder
    except OSError as error:
        raise _no_folder(settings, error) from error


def _no_folder(settings: Settings, error: Exception) -> NoFolder:
    where = settings.state or "~/.local/state/slipway"
    why = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return NoFolder(f"SLIPWAY_STATE: {where} cannot be used as the state folder ({why})")


def running_system(settings: Settings) -> Running | None:
    """Return the announced system if it still runs; its lock is released when it dies.

    Waits for a system that is starting or stopping. Raises NoFolder and Unannounced.
    """
    end = time.monotonic() + _STARTS_WITHIN_S
    while (found := announced_system(settings)) is None and time.monotonic() < end:
        if not _is_locked(state_folder(settings) / "up.lock"):
            return None
        time.sleep(_PAUSE_S)
    return found


def announced_system(settings: Settings) -> Running | None:
    folder = state_folder(settings)
    path, lock = folder / "up.json", folder / "up.lock"
    try:
        found = Running.read(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except ValueError:
        if not _is_locked(lock):
            return None  # left by a dead system; the next one removes it
        raise Unannounced(f"{path} is damaged: the running system cannot be found") from None
    except OSError as error:
        raise _no_folder(settings, error) from error
    return found if _is_locked(lock) else None


@contextmanager
def only_one(settings: Settings) -> Iterator[Path]:
    """Raises NoFolder, and AlreadyRunning while another process, or this one, is inside."""
    folder = usable_folder(settings)
    with (folder / "up.lock").open("a") as lock:
        if not _taken(lock):
            raise AlreadyRunning(
                f"a system is running with the state in {folder}; "
                "use it, stop it, or set SLIPWAY_STATE"
            )
        (folder / "up.json").unlink(missing_ok=True)  # left by a killed system
        yield folder


@contextmanager
def announced(folder: Path, running: Running) -> Iterator[None]:
    """Only the user may read the file, as it contains the token."""
    path = folder / "up.json"
    partial = folder / "up.json.new"
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(running), file)
    partial.replace(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _taken(lock: TextIO) -> bool:
    """Retry briefly, because a process that tests the lock holds it for a moment."""
    for _ in range(_TRIES):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE_S)
        else:
            return True
    return False


def _is_locked(path: Path) -> bool:
    try:
        with path.open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except BlockingIOError:
        return True
    return False
