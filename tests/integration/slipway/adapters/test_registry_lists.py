"""A registry's lists are read whole, or not at all: what is deleted is decided by them."""

import json

import pytest
from tests.integration.slipway.adapters.registry_stub import Answer, RegistryStub

from slipway.adapters.registry_http import HttpRegistry
from slipway.containerize.labels import labels_of
from slipway.containerize.managed import InRegistry
from slipway.saga.errors import Rejected, Unavailable

LABELS = labels_of("wf_" + "f" * 24, "good", None)
CATALOG = "GET /v2/_catalog"
TAGS = "GET /v2/shop/tags/list"
TROUBLE = json.dumps({"errors": [{"code": "UNKNOWN"}]}).encode()


def names(*repositories: str) -> bytes:
    return json.dumps({"repositories": repositories}).encode()


def followed_by(query: str) -> dict[str, str]:
    return {"Link": f'</v2/list?{query}>; rel="next"'}


def test_tags_are_read_to_the_last_page(stub: RegistryStub, registry: HttpRegistry) -> None:
    path = "/v2/shop/tags/list"
    more = {"Link": f'<{path}?last=1&n=1>; rel="next"'}
    stub.answers |= {
        f"GET {path}": Answer(200, b'{"tags": ["1"]}', more),
        f"GET {path}?last=1&n=1": Answer(200, b'{"tags": ["2"]}'),
    }

    assert registry.tags(f"{stub.host}/shop") == ["1", "2"]
    assert stub.asked[1].path == f"{path}?last=1&n=1"


def test_the_catalog_is_read_to_the_last_page_and_only_what_is_under_the_prefix_counts(
    stub: RegistryStub, registry: HttpRegistry
) -> None:
    stub.answers |= {
        CATALOG: Answer(200, names("apps/shop", "appstore/x"), followed_by("last=appstore%2Fx")),
        f"{CATALOG}?last=appstore%2Fx": Answer(200, names("apps/cafe", "base")),
    }

    found = registry.repositories(f"{stub.host}/apps")

    assert found == [f"{stub.host}/apps/shop", f"{stub.host}/apps/cafe"]


@pytest.mark.parametrize("status", [403, 404, 405])
def test_a_registry_without_a_catalog_for_us_lists_nothing(
    stub: RegistryStub, registry: HttpRegistry, status: int
) -> None:
    stub.answers[CATALOG] = Answer(status, TROUBLE)

    assert registry.repositories(f"{stub.host}/apps") == []


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_registry_in_trouble_does_not_count_as_empty(
    stub: RegistryStub, registry: HttpRegistry, status: int
) -> None:
    stub.answers[CATALOG] = Answer(status, TROUBLE)

    with pytest.raises(Unavailable, match="registry_failed"):
        registry.repositories(f"{stub.host}/apps")


@pytest.mark.parametrize("status", [404, 500])
def test_a_list_that_breaks_off_is_read_again_and_not_taken_for_the_whole(
    stub: RegistryStub, registry: HttpRegistry, status: int
) -> None:
    stub.answers |= {
        CATALOG: Answer(200, names("apps/shop"), followed_by("last=1")),
        f"{CATALOG}?last=1": Answer(status, TROUBLE),
        TAGS: Answer(200, b'{"tags": ["1"]}', followed_by("last=1")),
        f"{TAGS}?last=1": Answer(status, TROUBLE),
    }

    with pytest.raises(Unavailable, match="registry_failed"):
        registry.repositories(f"{stub.host}/apps")
    with pytest.raises(Unavailable, match="registry_failed"):
        registry.tags(f"{stub.host}/shop")


def test_a_list_without_an_end_is_refused(stub: RegistryStub, registry: HttpRegistry) -> None:
    stub.answers |= {
        CATALOG: Answer(200, names("apps/shop"), followed_by("last=1")),
        TAGS: Answer(200, b'{"tags": ["1"]}', followed_by("last=1")),
    }

    with pytest.raises(Rejected, match="registry_endless"):
        registry.repositories(f"{stub.host}/apps")
    with pytest.raises(Rejected, match="registry_endless"):
        registry.tags(f"{stub.host}/shop")


def test_what_a_sweep_finds_in_one_repository_does_not_hang_on_another(
    stub: RegistryStub, registry: HttpRegistry
) -> None:
    manifest, config = {"config": {"digest": "sha256:c"}}, {"config": {"Labels": LABELS}}
    stub.answers |= {
        CATALOG: Answer(200, names("apps/bad", "apps/good")),
        "GET /v2/apps/bad/tags/list": Answer(500, TROUBLE),
        "GET /v2/apps/good/tags/list": Answer(200, b'{"tags": ["1"]}'),
        "HEAD /v2/apps/good/manifests/1": Answer(200, b"", {"Docker-Content-Digest": "sha256:m"}),
        "GET /v2/apps/good/manifests/sha256:m": Answer(200, json.dumps(manifest).encode()),
        "GET /v2/apps/good/blobs/sha256:c": Answer(200, json.dumps(config).encode()),
    }

    found = InRegistry(lambda: registry, f"{stub.host}/apps").find()

    assert [resource.name for resource in found.resources] == [f"{stub.host}/apps/good@sha256:m"]
    asked = f"{stub.host} returned 500 for a request for its tags"
    assert found.unseen == [f"{stub.host}/apps/bad: {asked}"]
