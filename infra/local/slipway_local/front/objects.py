"""S3 for presigned URLs: upload and download of objects, by any process of this machine."""

from typing import Any
from urllib.parse import unquote

from botocore.exceptions import ClientError
from werkzeug.exceptions import ClientDisconnected
from werkzeug.wrappers import Request, Response

from slipway_local.front import framing, presigned

_STATUS = {
    "AccessDenied": 403,
    "SignatureDoesNotMatch": 403,
    "NoSuchKey": 404,
    "MissingContentLength": 411,
    "EntityTooLarge": 400,
    "IncompleteBody": 400,
    "MethodNotAllowed": 405,
}

_BYTES = "binary/octet-stream"
_SAVED_AS = "response-content-disposition"
_FORMS = ("application/x-www-form-urlencoded", "multipart/")


class Objects:
    """`s3` is a boto3 client; `credentials` are the key id and secret that it signs with."""

    def __init__(self, s3: Any, credentials: tuple[str, str], limit_bytes: int) -> None:
        self._s3, self._credentials, self._limit_bytes = s3, credentials, limit_bytes

    def answer(self, request: Request) -> Response:
        raw_path = request.environ["REQUEST_URI"]
        refused = presigned.refusal(request, f"http://{request.host}{raw_path}", *self._credentials)
        if refused:
            return _error(refused)
        bucket, _, key = unquote(raw_path.partition("?")[0]).lstrip("/").partition("/")
        if request.method == "PUT":
            return self._put(request, bucket, key)
        if request.method in ("GET", "HEAD"):
            return self._get(bucket, key, request.args.get(_SAVED_AS))
        return _error("MethodNotAllowed")

    def _put(self, request: Request, bucket: str, key: str) -> Response:
        if request.content_length is None:  # also when chunked
            return _error("MissingContentLength")
        if request.content_length > self._limit_bytes:
            return _error("EntityTooLarge")
        refused = framing.refusal(request, self._limit_bytes)
        if refused:
            return refused
        try:
            body = request.get_data(cache=False)
        except ClientDisconnected:
            return _error("IncompleteBody")
        stored = self._s3.put_object(
            Bucket=bucket, Key=key, Body=body, ContentType=stored_type(request)
        )
        return Response(status=200, headers={"ETag": stored["ETag"]})

    def _get(self, bucket: str, key: str, disposition: str | None) -> Response:
        """`disposition` is signed with the URL. `nosniff` keeps browsers from guessing a type."""
        try:
            found = self._s3.get_object(Bucket=bucket, Key=key)
        except self._s3.exceptions.NoSuchKey:
            return _error("NoSuchKey")
        except ClientError as error:
            return _error(error.response["Error"]["Code"])
        body = found["Body"].read()
        headers = {"ETag": found["ETag"], "X-Content-Type-Options": "nosniff"}
        headers |= {"Content-Disposition": disposition} if disposition else {}
        return Response(body, content_type=found["ContentType"], headers=headers)


def stored_type(request: Request) -> str:
    """Return the type as sent, but not a form's, curl's default: moto would parse the body."""
    sent = request.headers.get("Content-Type", _BYTES)
    return _BYTES if sent.lower().startswith(_FORMS) else sent


def _error(code: str) -> Response:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code></Error>'
    return Response(text, _STATUS.get(code, 400), content_type="application/xml")
