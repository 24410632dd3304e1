"""Write the files of one commit, under the same rules as those of an archive."""

import stat
from collections.abc import Iterator
from typing import TypeVar

from dulwich.object_store import DiskObjectStore
from dulwich.objects import S_ISGITLINK, Blob, Commit, ObjectID, Tag
from dulwich.objects import Tree as GitTree

from slipway.containerize.archive import refusals
from slipway.containerize.archive.entry import Entry, Kind
from slipway.containerize.archive.limits import ArchiveLimits
from slipway.containerize.archive.names import safe_parts
from slipway.containerize.archive.tree import Tree
from slipway.saga.errors import Rejected

Kindred = TypeVar("Kindred", Blob, GitTree)
_MAX_TAGS = 5  # a tag may point to another tag


def write_tree(
    store: DiskObjectStore,
    found: ObjectID,
    subdirectory: str | None,
    tree: Tree,
    limits: ArchiveLimits,
) -> str:
    """Return the commit's id. Raises Rejected."""
    commit = _commit(store, found)
    root = _object(store, commit.tree, GitTree)
    for part in safe_parts(subdirectory or "", limits):
        root = _below(store, root, part, subdirectory or "")
    for entry in _entries(store, root, "", limits):
        tree.add(entry)
    tree.finish(strip=False)
    return commit.id.decode()


def _commit(store: DiskObjectStore, found: ObjectID) -> Commit:
    thing = store[found]
    for _ in range(_MAX_TAGS):
        if isinstance(thing, Commit):
            return thing
        if isinstance(thing, Tag):
            thing = store[thing.object[1]]
    raise Rejected(
        "git_ref_not_found", "the ref does not name a commit", fix="name a branch or a tag"
    )


def _below(store: DiskObjectStore, tree: GitTree, name: str, whole: str) -> GitTree:
    for item in tree.iteritems():
        if _text(item.path) == name and stat.S_ISDIR(item.mode):
            return _object(store, item.sha, GitTree)
    raise Rejected(
        "git_no_such_folder",
        f"source.git.subdirectory: the commit has no folder {whole!r}",
        fix="give a path from the repository's root, with slashes",
    )


def _entries(
    store: DiskObjectStore, tree: GitTree, prefix: str, limits: ArchiveLimits
) -> Iterator[Entry]:
    for item in tree.iteritems():
        name = prefix + _text(item.path)
        safe_parts(name, limits)  # before the recursion: a tree may exceed its limit
        if item.path.lower() == b".git":
            raise refusals.traversal(name)
        if stat.S_ISDIR(item.mode):
            yield Entry(name, Kind.FOLDER)
            below = _object(store, item.sha, GitTree)
            yield from _entries(store, below, f"{name}/", limits)
        elif S_ISGITLINK(item.mode):
            yield Entry(name, Kind.FOLDER)  # as git leaves a submodule that was not fetched
        else:
            yield _leaf(name, item.mode, _object(store, item.sha, Blob))


def _leaf(name: str, mode: int, blob: Blob) -> Entry:
    content = blob.data
    if stat.S_ISLNK(mode):
        return Entry(name, Kind.LINK, target=_text(content))
    return Entry(
        name, Kind.FILE, len(content), bool(mode & 0o100), content=lambda: iter((content,))
    )


def _object(store: DiskObjectStore, sha: ObjectID, kind: type[Kindred]) -> Kindred:
    found = store[sha]
    if not isinstance(found, kind):
        raise Rejected("git_unreadable", "the repository is inconsistent", fix="upload the source")
    return found


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")
