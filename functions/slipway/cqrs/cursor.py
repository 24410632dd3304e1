"""Pagination cursors: opaque to clients, validated on return, bound to their selection."""

import base64
import binascii
import hashlib
import re
from dataclasses import replace
from typing import TypeVar

from slipway.cqrs.problem import Refused
from slipway.cqrs.views import Selection, is_within

S = TypeVar("S", bound=Selection)
_MARK_CHARS = 16
_POSITION = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z#((wf|se)_[a-z0-9]{8,64}|\d{6})$")


def cursor_of(selection: Selection, position: str) -> str:
    """Includes a hash of the selection, because a position means nothing in another one."""
    return base64.urlsafe_b64encode(f"{_mark(selection)}{position}".encode()).decode().rstrip("=")


def continued(selection: S, cursor: str | None) -> S:
    """Raises Refused("invalid_request") for a cursor of another selection."""
    if cursor is None:
        return selection
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise _foreign() from None
    mark, position = text[:_MARK_CHARS], text[_MARK_CHARS:]
    if mark != _mark(selection) or not (
        _POSITION.fullmatch(position) and is_within(position, selection)
    ):
        raise _foreign()
    return replace(selection, after=position)


def _mark(selection: Selection) -> str:
    text = repr(replace(selection, limit=0, after=None))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_MARK_CHARS]


def _foreign() -> Refused:
    return Refused(
        "invalid_request",
        "cursor: it does not belong to this list",
        field="cursor",
        fix="send next_cursor unchanged, with the same filters, or leave it out",
    )
