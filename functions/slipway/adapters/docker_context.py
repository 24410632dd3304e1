"""The build context: a folder without its .dockerignore matches, plus the Dockerfile."""

import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from docker.utils.build import exclude_paths

from slipway.containerize.ports import DOCKERFILE

_NEVER = [".git", "**/.git"]


@contextmanager
def build_context(tree: Path, dockerfile: str, dockerignore: str) -> Iterator[Path]:
    """Yield a reproducible tar: sorted, without times and owners. Symbolic links are kept."""
    patterns = [line.strip() for line in dockerignore.splitlines()]
    patterns = [line for line in patterns if line and not line.startswith("#")]
    with TemporaryDirectory() as folder:
        archive = Path(folder, "context.tar")
        with tarfile.open(archive, "w") as tar:
            for name in sorted(exclude_paths(str(tree), [*_NEVER, *patterns])):
                if name and name != DOCKERFILE:
                    _add(tar, tree, name)
            info = tarfile.TarInfo(DOCKERFILE)
            text = dockerfile.encode()
            info.size = len(text)
            tar.addfile(info, BytesIO(text))
        yield archive


def _add(tar: tarfile.TarFile, tree: Path, name: str) -> None:
    info = tar.gettarinfo(str(tree / name), arcname=name)
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mtime = 0
    if info.isfile():
        with (tree / name).open("rb") as body:
            tar.addfile(info, body)
    else:
        tar.addfile(info)
