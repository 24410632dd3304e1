"""Source archives: packed on the client, unpacked as untrusted input."""

from slipway.containerize.archive.limits import ArchiveLimits
from slipway.containerize.archive.pack import PackReport, pack, pack_copy
from slipway.containerize.archive.unpack import unpack

__all__ = ["ArchiveLimits", "PackReport", "pack", "pack_copy", "unpack"]
