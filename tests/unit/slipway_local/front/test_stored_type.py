"""What an uploaded object is said to be."""

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from slipway_local.front.objects import stored_type

BYTES = "binary/octet-stream"


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("application/gzip", "application/gzip"),
        ("application/x-www-form-urlencoded", BYTES),
        ("multipart/form-data; boundary=x", BYTES),
        (None, BYTES),
    ],
)
def test_an_archive_is_never_taken_for_a_form_whatever_curl_says(
    sent: str | None, stored: str
) -> None:
    headers = [("Content-Type", sent)] if sent else []
    request = Request(EnvironBuilder(method="PUT", data=b"archive", headers=headers).get_environ())
    if sent is None:
        request.environ.pop("CONTENT_TYPE", None)

    assert stored_type(request) == stored
