"""The clean copy of the source that the first step kept, unpacked for as long as it is needed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from slipway.containerize.archive import unpack
from slipway.containerize.ports import Workspace
from slipway.containerize.workspace_keys import object_key

LIMIT_BYTES = 2_000_000_000


@contextmanager
def source_copy(workflow_id: str, workspace: Workspace) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        archive, tree = Path(folder, "source.tar.gz"), Path(folder, "source")
        key = object_key(workflow_id, "analyze_repository", "source.tar.gz")
        workspace.download(key, archive, LIMIT_BYTES)
        tree.mkdir()
        unpack(archive, tree)
        yield tree
