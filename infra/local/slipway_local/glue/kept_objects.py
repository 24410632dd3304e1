"""Store objects durably before their upload returns, and free their memory afterwards.

moto keeps objects in memory, and loses them with the process. Parts of an incomplete upload are
not stored: their sender ends with the process, or starts over.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from moto.s3.models import FakeDeleteMarker, FakeKey, S3Backend, s3_backends
from moto.s3.responses import S3Response
from moto.s3.utils import _VersionedKeyStore
from moto.utilities.utils import LowercaseDict

from slipway_local.glue.patching import replaced
from slipway_local.kept.objects import KeptObject, KeptObjects, NewObject

_CHANGES = ("put_object", "delete_object")
_FAILED = "<Error><Code>InternalError</Code><Message>the state file: not written</Message></Error>"
_NUMBER = "slipway_number"


@contextmanager
def kept_objects(objects: KeptObjects) -> Iterator[None]:
    """Store objects at the end of a call, as moto sets their headers after the put."""
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
        stack.callback(_forget_unread)
        yield


def _forget_unread() -> None:
    """Remove unread entries before the end, when moto disposes of every key it finds."""
    backends: Any = s3_backends
    for _, _, backend in backends.iter_backends():
        for bucket in backend.buckets.values():
            if isinstance(bucket.keys, _Keys):
                bucket.keys.forget_unread()


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
        key._value_buffer.close()  # noqa: SLF001  (moto has no public hook)
        key._value_buffer = objects.body(number)  # noqa: SLF001  (same)


def restore_objects(objects: KeptObjects) -> None:
    """Call once the empty buckets exist. Objects of removed buckets stay in the file."""
    backends: Any = s3_backends
    for _, _, backend in backends.iter_backends():
        for bucket in backend.buckets.values():
            bucket.keys = _Keys(objects, backend)
        for (name, key), found in groupby(objects.all(), lambda one: (one.bucket, one.key)):
            if name in backend.buckets:
                dict.__setitem__(backend.buckets[name].keys, key, list(found))


class _Keys(_VersionedKeyStore):
    """Converts stored objects to moto's on first access, as a history may be long."""

    def __init__(self, objects: KeptObjects, backend: S3Backend) -> None:
        super().__init__()
        self._objects = objects
        self._any = FakeKey("", b"", backend.account_id, backend.region_name)

    def __sgetitem__(self, key: str) -> list[Any]:
        found: list[Any] = super().__sgetitem__(key)
        if found and isinstance(found[0], KeptObject):
            found = self._revived(found)
            dict.__setitem__(self, key, found)
        return found

    def forget_unread(self) -> None:
        for key, found in list(dict.items(self)):
            if found and isinstance(found[0], KeptObject):
                dict.pop(self, key)

    def _revived(self, found: list[KeptObject]) -> list[Any]:
        revived: list[Any] = []
        for one in found:
            if one.headers is None:
                revived.append(_marker(one, revived[-1] if revived else self._key(one)))
            else:
                revived.append(self._key(one))
            revived[-1].last_modified = datetime.fromtimestamp(one.modified, UTC).replace(
                tzinfo=None
            )
            setattr(revived[-1], _NUMBER, one.number)
        return revived

    def _key(self, one: KeptObject) -> Any:
        """Copy a template key, because moto's constructor is slow."""
        key: Any = FakeKey.__new__(FakeKey)
        vars(key).update(vars(self._any))
        key.name, key.bucket_name, key.lock = one.key, one.bucket, threading.Lock()
        key._metadata = LowercaseDict()  # noqa: SLF001  (moto has no public hook)
        key._metadata.update(json.loads(one.headers or "{}"))  # noqa: SLF001  (same)
        key._etag, key._version_id = one.etag, one.version  # noqa: SLF001  (same)
        key._is_versioned = one.version != "null"  # noqa: SLF001  (same)
        key._value_buffer = self._objects.body(one.number)  # noqa: SLF001  (same)
        key.contentsize = one.size_bytes
        return key


def _marker(one: KeptObject, before: Any) -> Any:
    marker: Any = FakeDeleteMarker(before)
    marker._version_id = one.version  # noqa: SLF001  (moto has no public hook)
    return marker
