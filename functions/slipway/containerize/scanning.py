"""What a scanner of images says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class ScanReport:
    """`status`: `scanned` or `not_scanned` (then `reason` says why). Counts by severity."""

    status: str
    scanner: str
    reason: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    findings: Sequence[Mapping[str, Any]] = ()
    sbom: bytes | None = None


class Scanner(Protocol):
    """Scans an image of the engine. One that crashed or is stale is Unavailable, never a pass."""

    name: str

    def scan(self, image_id: str) -> ScanReport: ...
