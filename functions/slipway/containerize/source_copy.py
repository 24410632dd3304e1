"""Unpacks the workflow's stored copy of the source into a temporary folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from slipway.containerize.archive import ArchiveLimits, unpack
from slipway.containerize.ports import Workspace
from slipway.containerize.workspace_keys import object_key

COPY_LIMITS = ArchiveLimits(
    archive_bytes=10_000_000_000,
    unpacked_bytes=25_000_000_000,
    files=1_000_000,
    ratio=1_000_000,
)
"""Generous: the configured limits were enforced on fetch, and the copy is our own."""


@contextmanager
def source_copy(workflow_id: str, workspace: Workspace) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        archive, tree = Path(folder, "source.tar.gz"), Path(folder, "source")
        key = object_key(workflow_id, "analyze_repository", "source.tar.gz")
        workspace.download(key, archive, COPY_LIMITS.archive_bytes)
        tree.mkdir()
        unpack(archive, tree, COPY_LIMITS)
        yield tree
