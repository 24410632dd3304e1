"""What a client may ask for, down to the last character."""

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from slipway.messages.requests import ContainerizeRequest

SOURCE = {"upload_id": "up_abcdefgh"}


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
        ({"source": {"upload_id": "up_abcdefgh\n"}}, "source.upload_id"),
        ({"source": {"git": {"url": "https://h.example/x\n"}}}, "source.git.url"),
        ({"source": {"git": {"url": "https://h.example/x", "ref": "a\n"}}}, "source.git.ref"),
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
