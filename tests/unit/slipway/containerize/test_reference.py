"""Image references are read as Docker reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.containerize.reference import Reference, host_of, parse, repository_of, tag_of
from slipway.saga.errors import Rejected

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("text", "host", "repository", "tag", "in_registry"),
    [
        ("busybox", "docker.io", "busybox", "latest", "library/busybox"),
        ("busybox:1.37", "docker.io", "busybox", "1.37", "library/busybox"),
        ("acme/shop", "docker.io", "acme/shop", "latest", "acme/shop"),
        ("docker.io/busybox", "docker.io", "docker.io/busybox", "latest", "library/busybox"),
        ("127.0.0.1:5000/shop", "127.0.0.1:5000", "127.0.0.1:5000/shop", "latest", "shop"),
        ("127.0.0.1:5000/a/b:2", "127.0.0.1:5000", "127.0.0.1:5000/a/b", "2", "a/b"),
        ("localhost/shop:1", "localhost", "localhost/shop", "1", "shop"),
        ("registry:5000/shop", "registry:5000", "registry:5000/shop", "latest", "shop"),
        ("ghcr.io/acme/shop:V1", "ghcr.io", "ghcr.io/acme/shop", "V1", "acme/shop"),
        ("[::1]:5000/shop:1", "[::1]:5000", "[::1]:5000/shop", "1", "shop"),
        (f"ghcr.io/a/b:1@{DIGEST}", "ghcr.io", "ghcr.io/a/b", "1", "a/b"),
    ],
)
def test_a_reference_is_taken_apart(
    text: str, host: str, repository: str, tag: str, in_registry: str
) -> None:
    assert host_of(text) == host
    assert repository_of(text) == repository
    assert tag_of(text) == tag
    assert parse(text).registry_path == in_registry


def test_a_digest_counts_more_than_the_tag_beside_it() -> None:
    assert parse(f"ghcr.io/a/b:1@{DIGEST}").tag_or_digest == DIGEST
    assert parse("ghcr.io/a/b").tag_or_digest == "latest"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Shop",
        "ghcr.io/Shop",
        "a//b",
        "a:",
        "a@sha256:1",
        "http://ghcr.io/a",
        "a b",
        "-a",
        "a\n",
    ],
)
def test_what_is_no_reference_is_refused_with_the_way_to_write_one(text: str) -> None:
    with pytest.raises(Rejected) as refused:
        parse(text)

    assert refused.value.code == "invalid_reference"
    assert refused.value.fix


@given(st.text(max_size=60))
def test_any_text_is_a_reference_or_is_refused(text: str) -> None:
    try:
        found = parse(text)
    except Rejected:
        return
    assert isinstance(found, Reference)
    assert text.startswith(found.repository)
