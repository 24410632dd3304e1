"""An object is on the disk before its upload is answered, and takes no memory afterwards.

moto keeps objects in memory, and forgets them with the process. Parts of an upload that is not
complete are not kept: whoever sends them ends with the process, or begins again.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any

from moto.core.utils import utcnow
from moto.s3.models import FakeDeleteMarker, FakeKey, S3Backend, s3_backends
from moto.s3.responses import S3Response

from slipway_local.glue.patching import replaced
from slipway_local.kept.objects import KeptObject, KeptObjects, NewObject

_CHANGES = ("put_object", "delete_object")
_FAILED = "<Error><Code>InternalError</Code><Message>the state file: not written</Message></Error>"
_NUMBER = "slipway_number"


@contextmanager
def kept_objects(objects: KeptObjects) -> Iterator[None]:
    """The headers of an object are set after it was put, so it is kept at the end of the call."""
    touched = threading.local()

    def noting(original: Any) -> Any:
        def change(backend: Any, bucket_name: str, key_name: str, *given: Any, **named: Any) -> Any:
            touched.keys = {*getattr(touched, "keys", ()), (bucket_name, key_name)}
            return original(backend, bucket_name, key_name, *given, **named)

        return change

    def keeping(original: Any) -> Any:
        def response(handler: S3Response, *given: Any, **named: Any) -> Any:
            touched.keys = set()
            answer = original(handler, *given, **named)
            try:
                for bucket, key in touched.keys:
                    _keep(objects, handler.backend, bucket, key)
            except sqlite3.Error:
                return 500, {}, _FAILED
            return answer

        return response

    with ExitStack() as stack:
        for name in _CHANGES:
            stack.enter_context(replaced(S3Backend, name, noting(getattr(S3Backend, name))))
        for name in ("key_response", "bucket_response"):
            stack.enter_context(replaced(S3Response, name, keeping(getattr(S3Response, name))))
        yield


def _keep(objects: KeptObjects, backend: S3Backend, bucket: str, key: str) -> None:
    versions = backend.get_bucket(bucket).keys.getlist(key, [])
    new = [version for version in versions if not hasattr(version, _NUMBER)]
    kept = [getattr(version, _NUMBER) for version in versions if hasattr(version, _NUMBER)]
    numbers = objects.save(bucket, key, kept, [_new(version) for version in new])
    for version, number in zip(new, numbers, strict=True):
        setattr(version, _NUMBER, number)
        if isinstance(version, FakeKey):
            _read_from(objects, version, number)


def _new(version: Any) -> NewObject:
    modified = version.last_modified.replace(tzinfo=UTC).timestamp()
    if isinstance(version, FakeDeleteMarker):
        return NewObject(version.version_id, modified)
    etag = version.etag.strip('"')
    return NewObject(version.version_id, modified, dict(version.metadata), etag, version.value)


def _read_from(objects: KeptObjects, key: Any, number: int) -> None:
    with key.lock:
        key._value_buffer.close()  # noqa: SLF001  (moto offers no other place)
        key._value_buffer = objects.body(number)  # noqa: SLF001  (same)


def restore_objects(objects: KeptObjects) -> None:
    """When the empty buckets are there. Objects of a bucket that is no more stay in the file."""
    backends: Any = s3_backends
    for _, _, backend in backends.iter_backends():
        for one in objects.all():
            if one.bucket in backend.buckets:
                bucket = backend.buckets[one.bucket]
                versions = bucket.keys.getlist(one.key, [])
                bucket.keys.setlist(one.key, [*versions, _revived(objects, backend, versions, one)])


def _revived(objects: KeptObjects, backend: S3Backend, versions: list[Any], one: KeptObject) -> Any:
    modified = datetime.fromtimestamp(one.modified, UTC).replace(tzinfo=utcnow().tzinfo)
    if one.headers is None:
        revived: Any = FakeDeleteMarker(versions[-1] if versions else _key(backend, one))
        revived._version_id = one.version  # noqa: SLF001  (moto offers no other place)
    else:
        revived = _key(backend, one)
        revived.set_metadata(dict(one.headers))
        _read_from(objects, revived, one.number)
        revived.contentsize = one.size_bytes
    revived.last_modified = modified
    setattr(revived, _NUMBER, one.number)
    return revived


def _key(backend: S3Backend, one: KeptObject) -> Any:
    return FakeKey(
        name=one.key,
        value=b"",
        account_id=backend.account_id,
        region_name=backend.region_name,
        etag=one.etag,
        is_versioned=one.version != "null",
        version_id=one.version,
        bucket_name=one.bucket,
    )
