"""Refuse sources that belong to another caller or contain a login."""

from collections.abc import Iterable
from typing import Protocol
from urllib.parse import urlsplit

from slipway.cqrs.ids import is_upload_of
from slipway.cqrs.problem import Refused
from slipway.cqrs.request import Call
from slipway.messages.requests import Source


class Arrivals(Protocol):
    def keys(self, prefix: str) -> Iterable[str]: ...


def check_may_read(source: Source, call: Call, arrivals: Arrivals, own_bucket: str) -> None:
    """Raises Refused for another caller's upload, for Slipway's own bucket and for a login.

    URLs are stored in records and events for good, and the refusal repeats none: it may hold a
    login.
    """
    if source.git and not _is_plain(source.git.url):
        raise Refused(
            "invalid_request",
            "source.git.url: it contains more than a host and a path, such as a login",
            field="source.git.url",
            fix="give https://host/path; upload the source of a private repository",
        )
    if source.s3 and source.s3.bucket == own_bucket:
        raise Refused(
            "invalid_request",
            f"source.s3.bucket: {own_bucket} belongs to Slipway and cannot be a source",
            field="source.s3.bucket",
            fix="name your own bucket, or POST /uploads and use source.upload_id",
        )
    upload = source.upload_id
    if upload and not (is_upload_of(call.owner, upload) and _is_there(arrivals, upload)):
        raise Refused(
            "invalid_request",
            f"source.upload_id: the upload {upload} does not exist or is not yours",
            field="source.upload_id",
            fix="POST /uploads, then PUT the archive to the returned url",
        )


def _is_plain(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return not parts.query and not parts.fragment and not {"@", ";"} & set(url)


def _is_there(arrivals: Arrivals, upload: str) -> bool:
    return f"uploads/{upload}" in arrivals.keys(f"uploads/{upload}")
