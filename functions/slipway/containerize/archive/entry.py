"""An entry of an archive, independent of the archive's format."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

CHUNK_BYTES = 64 * 1024


class Kind(Enum):
    FILE = auto()
    FOLDER = auto()
    LINK = auto()
    SAME_FILE = auto()  # a hard link to an earlier file


def _no_content() -> Iterator[bytes]:
    return iter(())


@dataclass(frozen=True)
class Entry:
    """`content` yields a file's bytes in chunks; `target` is where a link points to."""

    name: str
    kind: Kind
    size_bytes: int = 0
    executable: bool = False
    target: str = ""
    content: Callable[[], Iterator[bytes]] = _no_content
