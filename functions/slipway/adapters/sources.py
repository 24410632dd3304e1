"""Fetch a source from an upload, an S3 object, or a Git repository."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Protocol

from slipway.adapters import s3_download
from slipway.adapters.aws_errors import Refusal, Refusals
from slipway.adapters.s3_download import S3Object
from slipway.containerize.archive import unpack
from slipway.containerize.archive.limits import DEFAULT_LIMITS, ArchiveLimits
from slipway.containerize.ports import Workspace
from slipway.saga.errors import Rejected

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


class FetchesGit(Protocol):
    def fetch(self, git: Mapping[str, Any], into: Path) -> str: ...


class Sources:
    """Implements `slipway.containerize.ports.SourceFetcher`. `s3` reads the users' buckets.

    `own_bucket` is the workspace's, which holds the sources of all users: requests may not name it.
    """

    def __init__(
        self,
        workspace: Workspace,
        s3: "S3Client",
        own_bucket: str,
        git: FetchesGit,
        limits: ArchiveLimits = DEFAULT_LIMITS,
    ) -> None:
        self._workspace = workspace
        self._s3 = s3
        self._own_bucket = own_bucket
        self._git = git
        self._limits = limits

    def fetch(self, source: Mapping[str, Any], into: Path) -> str:
        """Raises Rejected or Unavailable, with `into` cleared."""
        if git := source.get("git"):
            return f"commit {self._git.fetch(git, into)}"
        with TemporaryDirectory() as folder:
            archive = Path(folder, "archive")
            if s3 := source.get("s3"):
                fetched = self._download(s3, archive)
            else:
                fetched = self._take_upload(source["upload_id"], archive)
            unpack(archive, into, self._limits)
        return fetched

    def _take_upload(self, upload_id: str, archive: Path) -> str:
        try:
            self._workspace.download(f"uploads/{upload_id}", archive, self._limits.archive_bytes)
        except Rejected as error:
            if error.code != "no_such_object":
                raise
            raise Rejected(
                "upload_not_found",
                f"source.upload_id: nothing was uploaded as {upload_id}, or it has expired",
                fix="request a new upload, PUT the archive to its URL, then use its id",
            ) from error
        with archive.open("rb") as file:
            return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"

    def _download(self, s3: Mapping[str, Any], archive: Path) -> str:
        if s3["bucket"] == self._own_bucket:
            raise Rejected(
                "source_denied",
                f"source.s3.bucket: {s3['bucket']} belongs to Slipway and cannot be a source",
                fix="name your own bucket, or POST /uploads and use source.upload_id",
            )
        what = S3Object(s3["bucket"], s3["key"], s3.get("version_id"))
        limit = self._limits.archive_bytes
        return f"version {s3_download.download(self._s3, what, archive, limit, _refusals(what))}"


def _refusals(what: S3Object) -> Refusals:
    missing = Refusal(
        "source_not_found",
        f"source.s3: there is no {what}",
        "check bucket, key and version_id",
    )
    denied = Refusal(
        "source_denied",
        f"source.s3: {what} cannot be read: access denied",
        f"let the bucket policy of {what.bucket} allow s3:GetObject and s3:GetObjectVersion to"
        " the role of the step analyze_repository, and kms:Decrypt where the bucket has a key",
    )
    archived = Refusal(
        "source_archived", f"source.s3: {what} is in an archive class", "restore the object first"
    )
    absent = ("NoSuchKey", "NoSuchBucket", "NoSuchVersion", "InvalidArgument", "InvalidBucketName")
    refused = ("AccessDenied", "AllAccessDisabled", "InvalidAccessKeyId")
    return (
        dict.fromkeys(absent, missing)
        | dict.fromkeys(refused, denied)
        | {"InvalidObjectState": archived}
    )
