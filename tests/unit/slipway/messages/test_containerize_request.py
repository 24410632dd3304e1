"""What a client may ask for, down to the last character."""

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from slipway.messages.requests import ContainerizeRequest

SOURCE = {"upload_id": "up_abcdefgh"}
NO_HOSTS = (
    "",
    "a b\nc",
    "shop.test\n",
    "Shop.test",
    "shop..test",
    "-shop.test",
    "shop.test.",
    "*",
    "a.*.test",
    "*.*.test",
    "10.0.0.1",
    "shop.test:80",
    "x" * 64 + ".test",
    ".".join(["x" * 60] * 5),
)


def app_with(**ingress: str) -> dict[str, Any]:
    return {"name": "shop", "ingress": ingress}


def asked(**parts: Any) -> ContainerizeRequest:
    return ContainerizeRequest.model_validate({"source": SOURCE, "app": {"name": "shop"}} | parts)


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"image": {"repository": "h.example/shop\n"}}, "image.repository"),
        ({"image": {"tag": "1\n"}}, "image.tag"),
        ({"app": {"name": "shop\n"}}, "app.name"),
        ({"app": {"name": "shop", "namespace": "shop\n"}}, "app.namespace"),
        ({"app": {"name": "shop", "env": {"A\n": "x"}}}, "app.env.A\n.[key]"),
        ({"app": {"name": "shop", "env": {"A": "x\0"}}}, "app.env.A"),
        ({"source": {"upload_id": "up_abcdefgh\n"}}, "source.upload_id"),
        ({"source": {"git": {"url": "https://h.example/x\n"}}}, "source.git.url"),
        ({"source": {"git": {"url": "https://\U0001f352(/x"}}}, "source.git.url"),
        ({"source": {"git": {"url": "https://"}}}, "source.git.url"),
        ({"source": {"git": {"url": "https://h.example/x", "ref": "a\n"}}}, "source.git.ref"),
        *(({"app": app_with(host=host)}, "app.ingress.host") for host in NO_HOSTS),
        ({"app": app_with(host="a.test", class_name="Nginx\n")}, "app.ingress.class_name"),
        ({"app": app_with(host="a.test", tls_secret="a_b")}, "app.ingress.tls_secret"),
        ({"app": {"name": "shop", "port": "8080"}}, "app.port"),
        ({"app": {"name": "shop", "port": 8080.0}}, "app.port"),
        ({"app": {"name": "shop", "replicas": True}}, "app.replicas"),
        ({"options": {"scan": "no"}}, "options.scan"),
        ({"options": {"deploy": 0}}, "options.deploy"),
        ({"image": {"repository": "Shop/x"}}, "image.repository"),
        ({"image": {"repository": "a..b/x"}}, "image.repository"),
        ({"image": {"repository": "http://h.example/x"}}, "image.repository"),
        ({"image": {"repository": "h.example/x:1"}}, "image.repository"),
        ({"image": {"tag": ".1"}}, "image.tag"),
        *(({"session_id": bad}, "session_id") for bad in ("", "a\n", "a b", "\ud800", "x" * 65, 7)),
    ],
)
def test_a_line_end_or_another_odd_character_is_refused(
    parts: Mapping[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        asked(**parts)

    assert [".".join(map(str, error["loc"])) for error in refused.value.errors()] == [field]


def test_a_session_is_letters_digits_hyphens_and_underscores() -> None:
    assert asked(session_id="Tea-time_7").session_id == "Tea-time_7"
    assert asked().session_id is None


@pytest.mark.parametrize(
    "app",
    [
        {"name": "shop", "namespace": "kube-system"},
        {"name": "shop", "namespace": "kube-public"},
        {"name": "kube-node-lease"},
        {"name": "kube-anything"},
    ],
)
def test_the_namespaces_of_the_cluster_itself_are_refused(app: Mapping[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        asked(app=app)

    (error,) = refused.value.errors()
    assert error["loc"] == ("app", "namespace")
    assert error["msg"] == "kube-… belongs to the cluster itself"


def test_a_name_like_the_clusters_own_is_fine_in_another_namespace() -> None:
    assert asked(app={"name": "kube-shop", "namespace": "shop"}).app.target_namespace == "shop"
    assert asked(app={"name": "kubeshop"}).app.target_namespace == "kubeshop"


@pytest.mark.parametrize("host", ["shop", "shop.example.com", "*.example.com", "1.tea", "a-1.b"])
def test_a_host_is_a_dns_name_or_a_wildcard_of_one(host: str) -> None:
    more = {"class_name": "nginx.internal", "tls_secret": "shop.example.com"}

    ingress = asked(app=app_with(host=host, **more)).app.ingress

    assert ingress
    assert (ingress.host, ingress.tls_secret) == (host, "shop.example.com")


@pytest.mark.parametrize(
    "repository", ["shop", "anna/shop", "localhost/shop", "127.0.0.1:5000/a/b", "box:5000/a-b_c.d"]
)
def test_a_repository_is_named_as_docker_names_it(repository: str) -> None:
    assert asked(image={"repository": repository}).image.repository == repository


def test_what_was_recorded_is_read_again() -> None:
    request = asked(app=app_with(host="shop.test"), image={"tag": "1"})

    assert ContainerizeRequest.model_validate(request.model_dump(mode="json")) == request
