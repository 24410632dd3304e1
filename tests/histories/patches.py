"""A series of documents as the first one and what changes from each to the next."""

from collections.abc import Iterator, Sequence
from typing import Any

Document = dict[str, Any]
GONE = "$gone"
"""A member of a patch: the names of the members that the next document has no more."""


def between(before: Document, after: Document) -> Document:
    patch = Document()
    if gone := sorted(before.keys() - after.keys()):
        patch[GONE] = gone
    for key, value in after.items():
        if isinstance(value, dict) and isinstance(before.get(key), dict):
            if inner := between(before[key], value):
                patch[key] = inner
        elif key not in before or before[key] != value:
            patch[key] = value
    return patch


def patched(document: Document, patch: Document) -> Document:
    result = {key: value for key, value in document.items() if key not in patch.get(GONE, ())}
    for key, value in patch.items():
        if key == GONE:
            continue
        inner = result.get(key)
        if isinstance(value, dict) and isinstance(inner, dict):
            result[key] = patched(inner, value)
        else:
            result[key] = value
    return result


def packed(documents: Sequence[Document]) -> list[Document]:
    before = [Document(), *documents]
    return [between(a, b) for a, b in zip(before, documents, strict=False)]


def unpacked(patches: Sequence[Document]) -> Iterator[Document]:
    document = Document()
    for patch in patches:
        document = patched(document, patch)
        yield document
