"""What the user reads when the cluster cannot, or will not, do what it is asked."""

from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from tests.integration.slipway.adapters.api_server_stub import (
    Reply,
    answering,
    kubeconfig,
    status,
    text,
)

from slipway.adapters.kubernetes_client import TIMEOUT, from_kubeconfig
from slipway.adapters.kubernetes_cluster import KubernetesCluster
from slipway.containerize.ports import ObjectRef, Probe
from slipway.saga.errors import Rejected, StepError, Unavailable

SHOP = ObjectRef("v1", "Namespace", "shop")
TERMINATING = {"causes": [{"reason": "NamespaceTerminating"}]}


def trouble(reply: Reply, tmp_path: Path) -> StepError:
    with answering(reply) as server:
        api = from_kubeconfig(kubeconfig(tmp_path, server.url))
        with pytest.raises(StepError) as caught:
            api.call("PATCH", "/api/v1/namespaces/shop")
    return caught.value


@pytest.mark.parametrize(
    ("reply", "kind", "code"),
    [
        (status(401, reason="Unauthorized"), Rejected, "cluster_denied"),
        (status(403, reason="Forbidden"), Rejected, "cluster_denied"),
        (status(403, details=TERMINATING), Unavailable, "namespace_terminating"),
        (status(400, reason="BadRequest"), Rejected, "manifest_refused"),
        (status(422, reason="Invalid"), Rejected, "manifest_refused"),
        (status(500), Rejected, "manifest_refused"),
        (status(500, reason="InternalError"), Unavailable, "cluster_unreachable"),
        (status(409, reason="Conflict"), Unavailable, "cluster_conflict"),
        (status(429, reason="TooManyRequests"), Unavailable, "cluster_unreachable"),
        (text(502, "<html>bad gateway</html>"), Unavailable, "cluster_unreachable"),
        (text(200, "<html>a login page</html>"), Unavailable, "cluster_unreachable"),
    ],
)
def test_each_refusal_is_told_as_one_that_time_can_heal_or_not(
    reply: Reply, kind: type[StepError], code: str, tmp_path: Path
) -> None:
    error = trouble(reply, tmp_path)

    assert type(error) is kind
    assert error.code == code


@pytest.mark.parametrize(
    ("ready", "kind", "code"),
    [
        (text(200, "ok"), Rejected, "cluster_denied"),
        (text(500, "[-]poststarthook/rbac/bootstrap-roles"), Unavailable, "cluster_unreachable"),
        (status(403, reason="Forbidden"), Rejected, "cluster_denied"),
        (text(404, "a proxy"), Rejected, "cluster_denied"),
    ],
)
def test_a_right_is_missing_for_good_unless_the_server_is_still_starting(
    ready: Reply, kind: type[StepError], code: str, tmp_path: Path
) -> None:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        is_look = handler.path == "/readyz"
        (ready if is_look else status(403, reason="Forbidden"))(handler)

    error = trouble(reply, tmp_path)

    assert type(error) is kind
    assert error.code == code


def test_what_an_application_forbids_is_its_own_answer(tmp_path: Path) -> None:
    with answering(text(403, "not for you")) as server:
        probe = KubernetesCluster.at(kubeconfig(tmp_path, server.url)).probe("shop", "web", 80, "/")

    assert probe == Probe(403, "not for you")


def test_the_api_servers_own_words_reach_the_user(tmp_path: Path) -> None:
    error = trouble(status(422, message='Deployment "web" is invalid: no image'), tmp_path)

    assert error.message == 'Deployment "web" is invalid: no image'


def test_a_cluster_that_is_down_is_named_with_what_to_check(tmp_path: Path) -> None:
    with answering(text(200, "{}")) as server:
        url = server.url
    cluster = KubernetesCluster.at(kubeconfig(tmp_path, url))

    with pytest.raises(Unavailable, match="cluster_unreachable") as caught:
        cluster.read(SHOP)

    assert url in caught.value.message
    assert "kubeconfig" in (caught.value.fix or "")


def test_a_request_is_sent_once_whatever_becomes_of_it(tmp_path: Path) -> None:
    with answering(status(503, reason="ServiceUnavailable")) as server:
        api = from_kubeconfig(kubeconfig(tmp_path, server.url))
        api.send("DELETE", "/api/v1/namespaces/shop")

    assert server.asked == [("DELETE", "/api/v1/namespaces/shop", "Bearer t-1")]


def test_an_answer_that_does_not_come_is_not_waited_for(tmp_path: Path) -> None:
    def drip(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"one byte, and then ")

    with answering(drip) as server:
        api = from_kubeconfig(kubeconfig(tmp_path, server.url))
        with pytest.raises(Unavailable) as caught:
            api.send("GET", "/", within_s=0.3)

    assert caught.value.code == TIMEOUT


def test_a_redirect_of_the_application_is_an_answer_and_is_not_followed(tmp_path: Path) -> None:
    with answering(text(302, "", Location="/api/v1/secrets")) as server:
        cluster = KubernetesCluster.at(kubeconfig(tmp_path, server.url))

        probe = cluster.probe("shop", "web", 80, "/")

    assert probe.status == 302
    assert len(server.asked) == 1


def test_a_probe_takes_no_more_of_a_body_than_it_shows(tmp_path: Path) -> None:
    with answering(text(500, "x" * 100_000)) as server:
        cluster = KubernetesCluster.at(kubeconfig(tmp_path, server.url))

        probe = cluster.probe("shop", "web", 80, "health")

    assert probe == Probe(500, "x" * 2048)
    assert server.asked[0][1] == "/api/v1/namespaces/shop/services/http:web:80/proxy/health"


def test_a_probe_that_reaches_nobody_has_no_status(tmp_path: Path) -> None:
    with answering(status(503, reason="ServiceUnavailable")) as server:
        cluster = KubernetesCluster.at(kubeconfig(tmp_path, server.url))

        assert cluster.probe("shop", "web", 80, "/") == Probe(None)


def test_a_probe_that_is_not_allowed_says_so(tmp_path: Path) -> None:
    with answering(status(403, reason="Forbidden")) as server:
        cluster = KubernetesCluster.at(kubeconfig(tmp_path, server.url))

        with pytest.raises(Rejected, match="cluster_denied"):
            cluster.probe("shop", "web", 80, "/")


@pytest.mark.parametrize(
    "content",
    ["", "{", "just a word", "[]", "apiVersion: v1\nkind: Config\n", "clusters: 3\ncontexts: no"],
)
def test_a_broken_kubeconfig_is_named(content: str, tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text(content)

    with pytest.raises(Rejected, match="kubeconfig_invalid") as caught:
        KubernetesCluster.at(str(path))

    assert str(path) in caught.value.message


def test_a_kubeconfig_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="kubeconfig_invalid") as caught:
        KubernetesCluster.at(str(tmp_path / "nowhere"))

    assert "nowhere" in caught.value.message
