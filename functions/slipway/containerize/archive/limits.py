"""Size limits of a source archive."""

from dataclasses import dataclass
from typing import Self

_MB = 1_000_000
_UNPACKED_PER_PACKED = 2.5


@dataclass(frozen=True)
class ArchiveLimits:
    """`files` counts folders and links too.

    `ratio` (unpacked to packed) is checked above `ratio_from_bytes` unpacked bytes: small sources
    may legitimately compress a thousandfold.
    """

    archive_bytes: int = 200 * _MB
    unpacked_bytes: int = 500 * _MB
    files: int = 20_000
    ratio: int = 100
    ratio_from_bytes: int = 32 * _MB
    path_bytes: int = 1024
    depth: int = 64

    @classmethod
    def of_megabytes(cls, archive_mb: int) -> Self:
        """Create limits from the setting `source_max_mb`; the unpacked limit grows with it."""
        return cls(
            archive_bytes=archive_mb * _MB,
            unpacked_bytes=int(archive_mb * _MB * _UNPACKED_PER_PACKED),
        )

    def refuse_ratio(self, unpacked_bytes: int, packed_bytes: int) -> bool:
        if unpacked_bytes <= self.ratio_from_bytes:
            return False
        return unpacked_bytes > packed_bytes * self.ratio


DEFAULT_LIMITS = ArchiveLimits()
