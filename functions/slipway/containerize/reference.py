"""Parses image references as Docker does: `[host[:port]/]path[:tag][@digest]`."""

import re
from dataclasses import dataclass

from slipway.saga.errors import Rejected

DEFAULT_HOST = "docker.io"
DEFAULT_TAG = "latest"

_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_SHAPE = re.compile(
    r"(?:(?P<host>localhost(?::\d{1,5})?|\[[0-9a-fA-F:]+\](?::\d{1,5})?"
    r"|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::\d{1,5})?|[A-Za-z0-9-]+:\d{1,5})/)?"
    rf"(?P<path>{_PART}(?:/{_PART})*)"
    r"(?::(?P<tag>\w[\w.-]{0,127}))?"
    r"(?:@(?P<digest>[a-z0-9]+:[0-9a-f]{32,128}))?",
    re.ASCII,
)


@dataclass(frozen=True)
class Reference:
    """`host` is None for a name without one, which means Docker Hub."""

    host: str | None
    path: str
    tag: str | None = None
    digest: str | None = None

    @property
    def repository(self) -> str:
        """The name as written, without tag and digest."""
        return f"{self.host}/{self.path}" if self.host else self.path

    @property
    def registry_host(self) -> str:
        return self.host or DEFAULT_HOST

    @property
    def registry_path(self) -> str:
        """The name in the registry: Docker Hub keeps official images under `library/`."""
        on_hub = self.registry_host in {DEFAULT_HOST, "index.docker.io"}
        return f"library/{self.path}" if on_hub and "/" not in self.path else self.path

    @property
    def tag_or_digest(self) -> str:
        return self.digest or self.tag or DEFAULT_TAG


def parse(reference: str) -> Reference:
    """Raises Rejected("invalid_reference")."""
    match = _SHAPE.fullmatch(reference)
    if match is None:
        raise Rejected(
            "invalid_reference",
            f"{reference!r} is not an image reference",
            fix="write it as host[:port]/path:tag, the path in lower case",
        )
    return Reference(match["host"], match["path"], match["tag"], match["digest"])


def host_of(reference: str) -> str:
    """Return the registry's host and port, of a reference or a repository."""
    return parse(reference).registry_host


def repository_of(reference: str) -> str:
    return parse(reference).repository


def tag_of(reference: str) -> str:
    return parse(reference).tag or DEFAULT_TAG
