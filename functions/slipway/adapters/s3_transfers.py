"""Presigned S3 URLs for uploads and downloads. `client` is the low-level client."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from slipway.adapters.aws_errors import aws_errors
from slipway.messages.clock import Clock, utc_now
from slipway.messages.views import Link

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

VALID_FOR = timedelta(minutes=15)


def signing_client() -> "S3Client":
    """Sign with version 4 in every region, which includes headers, for the regional endpoint."""
    config = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
    return boto3.client("s3", config=config)


class S3Transfers:
    """Implements `slipway.cqrs.transfers.Transfers`."""

    def __init__(self, client: "S3Client", bucket: str, now: Clock = utc_now) -> None:
        self._client = client
        self._bucket = bucket
        self._now = now

    def to_put(self, key: str, size_bytes: int | None) -> Link:
        size = {} if size_bytes is None else {"ContentLength": size_bytes}
        headers = {} if size_bytes is None else {"content-length": str(size_bytes)}
        return self._link("put_object", "PUT", headers, {"Key": key, **size})

    def to_get(self, key: str) -> Link:
        """Served as an attachment and never inline, because users wrote the content."""
        params = {"Key": key, "ResponseContentDisposition": "attachment"}
        return self._link("get_object", "GET", {}, params)

    def _link(
        self, operation: str, method: str, headers: dict[str, str], params: dict[str, Any]
    ) -> Link:
        expires_at = self._now() + VALID_FOR
        with aws_errors(f"sign a URL for {params['Key']}"):
            url = self._client.generate_presigned_url(
                operation,
                Params={"Bucket": self._bucket, **params},
                ExpiresIn=int(VALID_FOR.total_seconds()),
                HttpMethod=method,
            )
        return Link(url=url, method=method, headers=headers, expires_at=expires_at)
