"""Serialize access to buckets, and let a listing read only the keys under its prefix.

moto iterates over all keys of a bucket, copying each, while other threads put and delete: it then
finds a key without versions, and its time grows with the bucket.
"""

import inspect
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any

from moto.s3.models import S3Backend
from moto.s3.utils import _VersionedKeyStore

from slipway_local.glue.patching import replaced

_LOCKED = (
    "put_object",
    "delete_object",
    "delete_objects",
    "copy_object",
    "complete_multipart_upload",
    "list_objects",
    "list_objects_v2",
)


@contextmanager
def objects_lock() -> Iterator[None]:
    guard = threading.RLock()
    versions = S3Backend.list_object_versions

    def alone(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            with guard:
                return original(*given, **named)

        return call

    def of_prefix(backend: Any, bucket_name: str, *given: Any, **named: Any) -> Any:
        asked = inspect.signature(versions).bind(backend, bucket_name, *given, **named).arguments
        with guard:
            keys = _below(asked.get("prefix", ""), backend.get_bucket(bucket_name).keys)
            narrow = SimpleNamespace(get_bucket=lambda _: SimpleNamespace(keys=keys))
            return versions(**{**asked, "self": narrow})

    with ExitStack() as stack:
        for name in _LOCKED:
            stack.enter_context(replaced(S3Backend, name, alone(getattr(S3Backend, name))))
        stack.enter_context(replaced(S3Backend, "list_object_versions", of_prefix))
        yield


def _below(prefix: str, keys: Any) -> Any:
    found = _VersionedKeyStore()
    for name in [name for name in dict.keys(keys) if name.startswith(prefix)]:
        found.setlist(name, list(keys.getlist(name, [])))
    return found
