"""Download an S3 object into a file, up to a size limit."""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from slipway.adapters.aws_errors import Refusals, aws_errors
from slipway.saga.errors import Rejected

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class S3Object:
    bucket: str
    key: str
    version_id: str | None = None

    def __str__(self) -> str:
        version = f"?versionId={self.version_id}" if self.version_id else ""
        return f"s3://{self.bucket}/{self.key}{version}"


def download(
    client: "S3Client", what: S3Object, to: Path, limit_bytes: int, refusals: Refusals
) -> str:
    """Return the version that was read, or the ETag in a bucket without versioning.

    Raises Rejected("source_too_large"). An incomplete file is deleted.
    """
    version = {"VersionId": what.version_id} if what.version_id else {}
    with aws_errors(f"read {what}", refusals):
        answer = client.get_object(Bucket=what.bucket, Key=what.key, **version)  # type: ignore[arg-type]
        with closing(answer["Body"]) as body:  # its own `with` returns the raw stream
            if answer["ContentLength"] > limit_bytes:
                raise _too_large(what, limit_bytes)
            try:
                _copy(body.iter_chunks(_CHUNK_BYTES), to, what, limit_bytes)
            except BaseException:
                to.unlink(missing_ok=True)
                raise
    return answer.get("VersionId") or answer["ETag"].strip('"')


def _copy(chunks: Iterable[bytes], to: Path, what: S3Object, limit_bytes: int) -> None:
    received = 0
    with to.open("wb") as file:
        for chunk in chunks:
            received += len(chunk)
            if received > limit_bytes:
                raise _too_large(what, limit_bytes)
            file.write(chunk)


def _too_large(what: S3Object, limit_bytes: int) -> Rejected:
    return Rejected(
        "source_too_large",
        f"{what} has more than {limit_bytes} bytes",
        fix="leave out what the build does not need; list it in .slipwayignore",
    )
