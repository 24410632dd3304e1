"""The port to an image scanner, and its report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class ScanReport:
    """`status` is `scanned`, or `not_scanned` with a `reason`. `counts` are by severity."""

    status: str
    scanner: str
    reason: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    findings: Sequence[Mapping[str, Any]] = ()
    sbom: bytes | None = None


class Scanner(Protocol):
    """Scans an image of the engine. A crashed or outdated scanner raises Unavailable."""

    name: str

    def scan(self, image_id: str) -> ScanReport: ...
