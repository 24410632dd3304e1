"""Resolve a ref to a commit, and fetch it with as little history as possible."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

from dulwich.client import FetchPackResult
from dulwich.errors import GitProtocolError
from dulwich.object_store import DiskObjectStore, ObjectStoreGraphWalker
from dulwich.objects import ObjectID
from dulwich.refs import Ref

from slipway.adapters.git_http import GitClient
from slipway.adapters.git_pack import check_pack
from slipway.containerize.archive.limits import ArchiveLimits
from slipway.saga.errors import Rejected, Unavailable

Refs = Mapping[Ref, ObjectID]
Wants = Callable[..., list[ObjectID]]
"""Takes the server's refs, and `depth` as a keyword argument."""
_COMMIT_ID = re.compile(r"[0-9a-f]{40}")
_HISTORY_FACTOR = 10  # a server without shallow clones sends the whole history
_OBJECT_LIMIT_BYTES = 100_000_000  # one object is held in memory


class GitObjects:
    """An object store in an empty folder, filled from one server."""

    def __init__(self, client: GitClient, folder: Path, limits: ArchiveLimits) -> None:
        self.store = DiskObjectStore.init(folder)
        self._client = client
        self._limits = limits

    def fetch(self, ref: str | None) -> ObjectID:
        """Return the id of a commit or tag. Raises Rejected, Unavailable or dulwich's errors."""
        if ref is None or not _COMMIT_ID.fullmatch(ref):
            return self._fetch_ref(ref)
        wanted = ObjectID(ref.encode())
        try:
            self._fetch([wanted], depth=1)
        except (GitProtocolError, Unavailable):
            # Many servers serve only what a ref points to, and report that in different ways, so
            # fetch the whole history. A server that does not respond fails here again.
            self._fetch_history()
        if wanted not in self.store:
            raise _no_such_ref(ref)
        return wanted

    def _fetch_ref(self, ref: str | None) -> ObjectID:
        found: list[ObjectID] = []

        def wanted(refs: Refs, depth: int | None = None) -> list[ObjectID]:  # noqa: ARG001  (dulwich passes it)
            found.append(_resolved(refs, ref))
            return found

        self._receive(wanted, depth=1)
        return found[0]

    def _fetch(self, wants: list[ObjectID], depth: int | None) -> None:
        self._receive(lambda _refs, depth=depth: wants, depth)  # noqa: ARG005  (dulwich passes it)

    def _fetch_history(self) -> None:
        def everything(refs: Refs, depth: int | None = None) -> list[ObjectID]:  # noqa: ARG001  (dulwich passes it)
            named = (b"refs/heads/", b"refs/tags/")
            return sorted({sha for name, sha in refs.items() if name.startswith(named)})

        self._receive(everything, depth=None)

    def _receive(self, wants: Wants, depth: int | None) -> None:
        file, commit, abort = self.store.add_pack()
        nothing = ObjectStoreGraphWalker([], lambda _: [])
        try:
            result = self._client.fetch_pack("", wants, nothing, file.write, depth=depth)
            self._check(result, file)
        except BaseException:
            abort()
            raise
        commit()

    def _check(self, result: FetchPackResult, file: BinaryIO) -> None:
        if result.object_format not in {None, "sha1"}:
            raise _unsupported(str(result.object_format))
        if file.tell():
            history = self._limits.unpacked_bytes * _HISTORY_FACTOR
            check_pack(file, _OBJECT_LIMIT_BYTES, history)


def _resolved(refs: Refs, ref: str | None) -> ObjectID:
    """Branches take precedence over tags, as in `git clone --branch`."""
    if ref is None:
        names = ["HEAD"]
    elif ref.startswith("refs/"):
        names = [ref]
    else:
        names = [f"refs/heads/{ref}", f"refs/tags/{ref}"]
    for name in names:
        if found := refs.get(Ref(name.encode())):
            return found
    if not refs:
        raise Rejected("git_empty", "the repository is empty", fix="push a commit first")
    raise _no_such_ref(ref or "HEAD")


def _no_such_ref(ref: str) -> Rejected:
    return Rejected(
        "git_ref_not_found",
        f"the repository has no {ref}",
        fix="name a branch, a tag or a full commit id that is pushed",
    )


def _unsupported(object_format: str) -> Rejected:
    return Rejected(
        "git_unsupported",
        f"the repository's object format is {object_format}",
        fix="upload the source",
    )
