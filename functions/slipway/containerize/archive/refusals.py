"""The errors for every reason to reject an archive, each with a fix."""

from collections.abc import Iterator
from contextlib import contextmanager

from slipway.saga.errors import Rejected

_SMALLER = "leave out what the build does not need; list it in .slipwayignore"


def traversal(name: str) -> Rejected:
    return Rejected(
        "archive_traversal",
        f"{name!r} points outside of the archive",
        fix="pack with names relative to the project's folder, without '..'",
    )


def link(name: str, why: str) -> Rejected:
    return Rejected(
        "archive_link",
        f"{name!r} {why}",
        fix="replace the link by what it points to, or name it in .slipwayignore",
    )


def device(name: str) -> Rejected:
    return Rejected(
        "archive_device",
        f"{name!r} is neither a file, a folder nor a link",
        fix="remove it, or name it in .slipwayignore",
    )


def too_large(limit_bytes: int) -> Rejected:
    return Rejected(
        "archive_too_large", f"it unpacks to more than {limit_bytes} bytes", fix=_SMALLER
    )


def too_many_files(limit: int) -> Rejected:
    return Rejected(
        "archive_too_many_files", f"it has more than {limit} files and folders", fix=_SMALLER
    )


def ratio(limit: int) -> Rejected:
    return Rejected(
        "archive_ratio",
        f"its compression ratio exceeds {limit}",
        fix="leave out large files with repetitive content",
    )


def path_too_long(name: str, limit_bytes: int, depth: int) -> Rejected:
    return Rejected(
        "archive_path_too_long",
        f"{name[:100]!r}... has more than {limit_bytes} bytes or {depth} levels",
        fix="use shorter names",
    )


def not_text(name: str) -> Rejected:
    return Rejected(
        "archive_name_unreadable",
        f"the name {name[:100]!r} is not UTF-8",
        fix="rename it, or name it in .slipwayignore",
    )


def empty() -> Rejected:
    return Rejected("archive_empty", "it contains no files", fix="pack the project's folder again")


def unreadable(why: str) -> Rejected:
    return Rejected(
        "archive_unreadable",
        f"it cannot be unpacked: {why}",
        fix="give a complete tar (plain, gzip, bzip2, xz) or zip archive without a password",
    )


@contextmanager
def unreadable_on(*broken: type[Exception]) -> Iterator[None]:
    try:
        yield
    except broken as error:
        raise unreadable(type(error).__name__) from error


def source_too_large(what: str) -> Rejected:
    return Rejected("source_too_large", f"the source has more than {what}", fix=_SMALLER)


def source_all_alike(largest: str, limit: int) -> Rejected:
    return Rejected(
        "archive_ratio",
        f"the source shrinks to less than 1/{limit} when it is packed; its largest file is"
        f" {largest!r}",
        fix="leave out large files that are empty or repetitive; list them in .slipwayignore",
    )


def source_changed(name: str, how: str) -> Rejected:
    return Rejected(
        "source_changed",
        f"{name!r} changed while it was packed ({how})",
        fix="try again when nothing writes into the project",
    )
