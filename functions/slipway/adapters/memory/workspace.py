"""In-memory implementation of the workspace port."""

import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from slipway.messages.clock import utc_now
from slipway.saga.errors import Rejected


class MemoryWorkspace:
    """Implements `slipway.containerize.ports.Workspace`. Thread-safe."""

    def __init__(self) -> None:
        self._objects: dict[str, bytes] = {}
        self._modified: dict[str, datetime] = {}
        self._guard = threading.Lock()

    def put(
        self,
        key: str,
        body: bytes | Path,
        content_type: str = "application/octet-stream",  # noqa: ARG002  (never read back)
    ) -> None:
        content = body if isinstance(body, bytes) else body.read_bytes()
        with self._guard:
            self._objects[key] = content
            self._modified[key] = utc_now()

    def get(self, key: str) -> bytes:
        """Raises Rejected("no_such_object")."""
        with self._guard:
            if key not in self._objects:
                raise Rejected("no_such_object", f"there is no {key} in the workspace")
            return self._objects[key]

    def download(self, key: str, to: Path, limit_bytes: int) -> None:
        """Raises Rejected("no_such_object") or Rejected("source_too_large")."""
        content = self.get(key)
        if len(content) > limit_bytes:
            raise Rejected(
                "source_too_large",
                f"{key} has more than {limit_bytes} bytes",
                fix="leave out what the build does not need; list it in .slipwayignore",
            )
        to.write_bytes(content)

    def keys(self, prefix: str) -> Iterator[str]:
        """In alphabetical order."""
        with self._guard:
            found = sorted(key for key in self._objects if key.startswith(prefix))
        return iter(found)

    def modified(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        return ((key, self._modified[key]) for key in self.keys(prefix))

    def delete(self, prefix: str) -> None:
        """Delete every object under the prefix."""
        if not prefix:
            raise ValueError("an empty prefix would delete the whole workspace")
        with self._guard:
            self._objects = {k: v for k, v in self._objects.items() if not k.startswith(prefix)}
