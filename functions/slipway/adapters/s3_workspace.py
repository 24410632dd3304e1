"""The workspace in one S3 bucket. `client` is the low-level client."""

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from slipway.adapters import s3_download
from slipway.adapters.aws_errors import Refusal, Refusals, aws_errors
from slipway.adapters.s3_download import S3Object
from slipway.containerize.labels import MANAGED_BY, MANAGER, WORKFLOW
from slipway.containerize.workspace_keys import workflow_of
from slipway.saga.errors import Unavailable

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


class S3Workspace:
    """Implements `slipway.containerize.ports.Workspace`."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(
        self, key: str, body: bytes | Path, content_type: str = "application/octet-stream"
    ) -> None:
        """A file is streamed, as a multipart upload when it is large."""
        with (
            aws_errors(f"write {key}", self._refusals(key)),
            BytesIO(body) if isinstance(body, bytes) else body.open("rb") as file,
        ):
            settings = {"ContentType": content_type, **_tagged(key)}
            self._client.upload_fileobj(file, self._bucket, key, ExtraArgs=settings)

    def get(self, key: str) -> bytes:
        """Raises Rejected("no_such_object")."""
        with aws_errors(f"read {key}", self._refusals(key)):
            return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()

    def download(self, key: str, to: Path, limit_bytes: int) -> None:
        """Raises Rejected("no_such_object") or Rejected("source_too_large")."""
        what = S3Object(self._bucket, key)
        s3_download.download(self._client, what, to, limit_bytes, self._refusals(key))

    def keys(self, prefix: str) -> Iterator[str]:
        """In alphabetical order."""
        yield from (key for key, _ in self.modified(prefix))

    def modified(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        with aws_errors(f"list {prefix}", self._refusals(prefix)):
            for page in pages:
                for entry in page.get("Contents", []):
                    yield entry["Key"], entry["LastModified"]

    def delete(self, prefix: str) -> None:
        """Delete all versions of every object under the prefix."""
        if not prefix:
            raise ValueError("an empty prefix would delete the whole workspace")
        pages = self._client.get_paginator("list_object_versions").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        with aws_errors(f"delete {prefix}", self._refusals(prefix)):
            for page in pages:
                self._delete_page(
                    prefix, [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
                )

    def _delete_page(self, prefix: str, versions: list[Any]) -> None:
        """A page has at most as many entries as one request may delete: 1000."""
        if not versions:
            return
        found = [{"Key": v["Key"], "VersionId": v["VersionId"]} for v in versions]
        answer = self._client.delete_objects(
            Bucket=self._bucket,
            Delete={"Objects": found, "Quiet": True},  # type: ignore[typeddict-item]
        )
        if failed := answer.get("Errors"):
            raise Unavailable(
                "delete_incomplete",
                f"{len(failed)} objects under {prefix} were not deleted: {failed[0].get('Code')}",
            )

    def _refusals(self, key: str) -> Refusals:
        no_bucket = Refusal(
            "no_workspace",
            f"there is no bucket {self._bucket}",
            "set SLIPWAY_BUCKET to the bucket of this stack",
        )
        return {
            "NoSuchKey": Refusal("no_such_object", f"there is no {key} in the workspace"),
            "NoSuchBucket": no_bucket,
        }


def _tagged(key: str) -> dict[str, str]:
    """Tags for lifecycle rules and cost allocation; Slipway itself uses only the key."""
    workflow_id = workflow_of(key)
    if workflow_id is None:
        return {}
    return {"Tagging": urlencode({WORKFLOW: workflow_id, MANAGED_BY: MANAGER})}
