"""How the adapter behaves with registries that ask for tokens, refuse, or lead astray."""

import hashlib
import json

import pytest
from tests.contract.engines import Login
from tests.integration.slipway.adapters.conftest import ANNA
from tests.integration.slipway.adapters.registry_stub import Answer, RegistryStub, registry_stub

from slipway.adapters.registry_auth import is_loopback
from slipway.adapters.registry_http import HttpRegistry
from slipway.containerize.ports import Credentials
from slipway.saga.errors import Rejected, Unavailable

BASIC = "Basic YW5uYTpiYXR0ZXJ5"
DIGEST = "sha256:" + "a" * 64
FOUND = Answer(200, headers={"Docker-Content-Digest": DIGEST})
TOKEN = Answer(200, json.dumps({"token": "opensesame"}).encode())


def asking_for_tokens(stub: RegistryStub, realm: str | None = None) -> None:
    where = realm or f"http://{stub.host}/token"
    stub.challenge = f'Bearer realm="{where}",service="registry"'
    stub.opens = "Bearer opensesame"
    stub.answers |= {"GET /token": TOKEN, "POST /token": TOKEN, "HEAD /v2/shop/manifests/1": FOUND}


def test_a_token_is_asked_for_with_the_credentials_and_then_kept(
    stub: RegistryStub, registry: HttpRegistry
) -> None:
    asking_for_tokens(stub)

    assert registry.digest(f"{stub.host}/shop:1") == DIGEST
    assert registry.digest(f"{stub.host}/shop:1") == DIGEST

    tokens = [asked for asked in stub.asked if asked.path.startswith("/token")]
    assert [asked.authorization for asked in tokens] == [BASIC]
    assert "scope=repository%3Ashop%3Apull" in tokens[0].path
    assert all(a.authorization != BASIC for a in stub.asked if a.path.startswith("/v2/"))


def test_an_identity_token_is_exchanged(stub: RegistryStub) -> None:
    asking_for_tokens(stub)
    registry = HttpRegistry(Login(Credentials("<token>", "", "refresh-me")))

    assert registry.digest(f"{stub.host}/shop:1") == DIGEST

    assert ("POST", "/token", None) in [(a.method, a.path, a.authorization) for a in stub.asked]
    registry.close()


@pytest.mark.parametrize(
    "realm",
    [
        "http://198.51.100.7/token",
        "http://registry.example.org/token",
        "https://anna@example.org/token",
        "file:///etc/passwd",
        "",
    ],
)
def test_no_credentials_go_to_a_realm_that_is_neither_https_nor_the_registrys_own(
    stub: RegistryStub, registry: HttpRegistry, realm: str
) -> None:
    asking_for_tokens(stub, realm or "nothing")

    with pytest.raises(Rejected, match="registry_denied"):
        registry.digest(f"{stub.host}/shop:1")

    assert all(asked.authorization is None for asked in stub.asked)


def test_a_redirect_to_another_host_goes_without_credentials(
    stub: RegistryStub, registry: HttpRegistry
) -> None:
    config = json.dumps({"config": {"Labels": {"a": "b"}}}).encode()
    manifest = json.dumps({"config": {"digest": DIGEST}}).encode()
    with registry_stub() as elsewhere:
        elsewhere.answers["GET /blob"] = Answer(200, config)
        stub.challenge, stub.opens = "Basic realm=here", BASIC
        stub.answers |= {
            f"GET /v2/shop/manifests/{DIGEST}": Answer(200, manifest),
            f"GET /v2/shop/blobs/{DIGEST}": Answer(
                307, headers={"Location": f"http://{elsewhere.host}/blob"}
            ),
        }

        assert registry.labels(f"{stub.host}/shop", DIGEST) == {"a": "b"}

        assert [asked.authorization for asked in elsewhere.asked] == [None]


def test_labels_of_an_image_for_several_platforms_are_those_of_the_first(
    stub: RegistryStub, registry: HttpRegistry
) -> None:
    one = "sha256:" + "b" * 64
    documents = {
        f"manifests/{DIGEST}": {"manifests": [{"digest": one}]},
        f"manifests/{one}": {"config": {"digest": "sha256:c"}},
        "blobs/sha256:c": {"config": {"Labels": {"a": "b"}}},
    }
    for path, document in documents.items():
        stub.answers[f"GET /v2/shop/{path}"] = Answer(200, json.dumps(document).encode())

    assert registry.labels(f"{stub.host}/shop", DIGEST) == {"a": "b"}


def test_a_digest_is_computed_when_the_registry_does_not_say_it(
    stub: RegistryStub, registry: HttpRegistry
) -> None:
    stub.answers |= {
        "HEAD /v2/shop/manifests/1": Answer(200),
        "GET /v2/shop/manifests/1": Answer(200, b"{}"),
    }

    assert registry.digest(f"{stub.host}/shop:1") == (f"sha256:{hashlib.sha256(b'{}').hexdigest()}")


def test_a_registry_without_delete_says_how_to_enable_it(
    stub: RegistryStub, registry: HttpRegistry
) -> None:
    stub.answers |= {
        f"DELETE /v2/shop/manifests/{DIGEST}": Answer(405),
        f"HEAD /v2/shop/manifests/{DIGEST}": FOUND,
    }

    with pytest.raises(Rejected) as refused:
        registry.delete(f"{stub.host}/shop", DIGEST)

    assert refused.value.code == "registry_delete_disabled"
    assert "REGISTRY_STORAGE_DELETE_ENABLED=true" in (refused.value.fix or "")


def test_nothing_to_delete_is_a_success_even_there(
    stub: RegistryStub, registry: HttpRegistry
) -> None:
    stub.answers[f"DELETE /v2/shop/manifests/{DIGEST}"] = Answer(405)

    registry.delete(f"{stub.host}/shop", DIGEST)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_registry_in_trouble_may_be_asked_again(
    stub: RegistryStub, registry: HttpRegistry, status: int
) -> None:
    stub.answers["HEAD /v2/shop/manifests/1"] = Answer(status)

    with pytest.raises(Unavailable, match="registry_failed"):
        registry.digest(f"{stub.host}/shop:1")


def test_an_answer_that_is_no_document_is_said_to_be_none(
    stub: RegistryStub, registry: HttpRegistry
) -> None:
    stub.answers["GET /v2/shop/tags/list"] = Answer(200, b"<html>")

    with pytest.raises(Rejected, match="registry_garbled"):
        registry.tags(f"{stub.host}/shop")


def test_a_token_service_that_does_not_know_us_is_a_denial(
    stub: RegistryStub, registry: HttpRegistry
) -> None:
    asking_for_tokens(stub)
    stub.answers["GET /token"] = Answer(401)

    with pytest.raises(Rejected, match="registry_denied"):
        registry.digest(f"{stub.host}/shop:1")


def test_a_repository_that_anybody_may_pull_needs_no_pull_secret(
    stub: RegistryStub, registry: HttpRegistry
) -> None:
    asking_for_tokens(stub)
    assert not registry.requires_credentials(f"{stub.host}/shop")

    stub.answers["GET /token"] = Answer(403)
    with_fresh_eyes = HttpRegistry(Login(ANNA))
    assert with_fresh_eyes.requires_credentials(f"{stub.host}/shop")
    with_fresh_eyes.close()


@pytest.mark.parametrize(
    ("host", "plain"),
    [
        ("127.0.0.1:5000", True),
        ("127.8.9.1", True),
        ("localhost:5000", True),
        ("[::1]:5000", True),
        ("10.0.0.1:5000", False),
        ("localhost.example.org", False),
        ("registry.example.org", False),
    ],
)
def test_only_the_loopback_is_asked_in_plain(host: str, plain: bool) -> None:
    assert is_loopback(host) is plain
