"""A client puts its archive itself, under a URL that says how much and until when."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.integration.slipway.cqrs.aws import BUCKET, aws
from tests.unit.slipway.cqrs.stories import NOON

from slipway.adapters.s3_transfers import S3Transfers, signing_client


@pytest.fixture
def transfers(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Transfers]:
    with aws(monkeypatch):
        # The region where the SDK would sign with version 2 by itself.
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        yield S3Transfers(signing_client(), BUCKET, now=lambda: NOON)


def signed(url: str) -> dict[str, Any]:
    return parse_qs(urlsplit(url).query)


def test_a_declared_size_is_part_of_the_signature(transfers: S3Transfers) -> None:
    link = transfers.to_put("uploads/up_1", 7)

    assert (link.method, link.headers) == ("PUT", {"content-length": "7"})
    assert link.expires_at == NOON + timedelta(minutes=15)
    assert signed(link.url)["X-Amz-SignedHeaders"] == ["content-length;host"]
    assert signed(link.url)["X-Amz-Expires"] == ["900"]


def test_without_a_size_nothing_but_the_place_is_signed(transfers: S3Transfers) -> None:
    link = transfers.to_put("uploads/up_1", None)

    assert link.headers == {}
    assert signed(link.url)["X-Amz-SignedHeaders"] == ["host"]


def test_what_is_fetched_is_saved_and_not_shown(transfers: S3Transfers) -> None:
    link = transfers.to_get("workflows/wf_1/build_image/build.log")

    assert link.method == "GET"
    assert signed(link.url)["response-content-disposition"] == ["attachment"]


def test_an_endpoint_on_this_machine_keeps_the_bucket_in_the_path(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with aws(monkeypatch):
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:8080")
        link = S3Transfers(signing_client(), BUCKET).to_put("uploads/up_1", None)

    assert link.url.startswith(f"http://127.0.0.1:8080/{BUCKET}/uploads/up_1?")
