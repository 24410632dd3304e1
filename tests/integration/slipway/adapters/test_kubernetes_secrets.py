"""An application tells its settings when it fails; nobody reads the secrets among them."""

import base64
import json
from collections.abc import Mapping
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

from slipway.adapters.kubernetes_cluster import KubernetesCluster
from slipway.containerize.ports import ObjectRef
from slipway.saga.errors import Rejected

PASSWORD = "pa$$word, with; a comma"  # as the user gave it
ENV = [{"name": "DB_PASSWORD", "value": PASSWORD.replace("$", "$$")}]
META = {"name": "web", "namespace": "shop", "uid": "d", "generation": 1, "labels": {"app": "web"}}
POD_SPEC = {"containers": [{"name": "app", "image": "web@sha256:0", "env": ENV}]}
POD = {
    "metadata": {**META, "creationTimestamp": "2030-01-01T12:00:00Z", "ownerReferences": []},
    "spec": POD_SPEC,
    "status": {
        "phase": "Running",
        "conditions": [{"type": "Ready", "status": "False", "message": f"said {PASSWORD}"}],
        "containerStatuses": [
            {
                "name": "app",
                "restartCount": 1,
                "state": {"terminated": {"exitCode": 3, "message": f"wrong: {PASSWORD}"}},
            }
        ],
    },
}
DEPLOYMENT: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {**META, "annotations": {"deployment.kubernetes.io/revision": "1"}},
    "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": {"spec": POD_SPEC}},
    "status": {"observedGeneration": 1},
}
KIND = {
    "resource": "deployments",
    "responseKind": {"group": "apps", "version": "v1", "kind": "Deployment"},
    "scope": "Namespaced",
    "verbs": ["get"],
}
APPS = {"metadata": {"name": "apps"}, "versions": [{"version": "v1", "resources": [KIND]}]}
DISCOVERY = {
    "/api": {"kind": "APIGroupDiscoveryList", "items": []},
    "/apis": {"kind": "APIGroupDiscoveryList", "items": [APPS]},
}
SECRETS_KIND = {
    "resource": "secrets",
    "responseKind": {"group": "", "version": "v1", "kind": "Secret"},
    "scope": "Namespaced",
    "verbs": ["get"],
}
CORE = {"metadata": {"name": ""}, "versions": [{"version": "v1", "resources": [SECRETS_KIND]}]}
DISCOVERY_OF_SECRETS = {
    "/api": {"kind": "APIGroupDiscoveryList", "items": [CORE]},
    "/apis": {"kind": "APIGroupDiscoveryList", "items": []},
}
REFUSED_SET = {
    "metadata": {
        "uid": "r",
        "annotations": {"deployment.kubernetes.io/revision": "1"},
        "ownerReferences": [{"uid": "d", "controller": True}],
    },
    "status": {
        "conditions": [
            {"type": "ReplicaFailure", "status": "True", "message": f"denied: {PASSWORD}"}
        ]
    },
}


def cluster_of(answers: Mapping[str, Any], log: str = "") -> Reply:
    """Answers by the end of a path; a PATCH is refused by somebody who repeats what was sent."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        path = handler.path.partition("?")[0]
        if handler.command == "PATCH":
            status(422, reason="Invalid", message=f"no: {PASSWORD}")(handler)
        elif path.endswith("/log"):
            text(200, log)(handler)
        elif path == "/readyz":
            text(200, "ok")(handler)
        else:
            found = next(body for end, body in answers.items() if path.endswith(end))
            (status(found) if isinstance(found, int) else text(200, json.dumps(found)))(handler)

    return reply


def report(log: str, tmp_path: Path) -> str:
    with answering(cluster_of({"/pods": {"items": [POD]}}, log)) as server:
        cluster = KubernetesCluster.at(kubeconfig(tmp_path, server.url))
        return "\n".join(cluster.pod_report("shop", {"app": "web"}))


@pytest.mark.parametrize(
    "line",
    [
        f"cannot log in with {PASSWORD}",
        f"DB_PASSWORD={PASSWORD}",
        f"DB_PASSWORD='{PASSWORD}'",
        f"{PASSWORD[:4]}\x1b[31m{PASSWORD[4:]}",
        json.dumps({"DB_PASSWORD": PASSWORD}),
    ],
)
def test_the_end_of_a_log_tells_no_secret(line: str, tmp_path: Path) -> None:
    told = report(f"before\n{line}\nafter\n", tmp_path)

    assert "word, with" not in told
    assert "comma" not in told
    assert "log | before" in told
    assert "log | after" in told


def test_a_log_that_is_cut_within_a_secret_does_not_tell_its_beginning(tmp_path: Path) -> None:
    cut = 16 * 1024
    told = report("x" * 400 + "\n" + ("line\n" * cut)[: cut - 401 - 9] + PASSWORD, tmp_path)

    assert "pa$$" not in told
    assert "log | line" in told


def test_a_log_that_begins_amid_a_key_tells_nothing_of_it(tmp_path: Path) -> None:
    rest = ["2030-03-01T12:00:00Z Zm9vYmFy", "2030-03-01T12:00:01Z -----END PRIVATE KEY-----"]

    told = report("\n".join([*rest, "after", "-----BEGIN PRIVATE KEY-----", "YmF6"]), tmp_path)

    assert "Zm9v" not in told
    assert "YmF6" not in told
    assert "log | after" in told


def test_why_a_pod_is_refused_tells_no_secret(tmp_path: Path) -> None:
    answers = {
        **DISCOVERY,
        "/deployments/web": DEPLOYMENT,
        "/replicasets": {"items": [REFUSED_SET]},
        "/pods": {"items": []},
    }
    with answering(cluster_of(answers)) as server:
        cluster = KubernetesCluster.at(kubeconfig(tmp_path, server.url))
        told = cluster.rollout(ObjectRef("apps/v1", "Deployment", "web", "shop"))

    assert told.failure == ("pod_refused", "the cluster rejects the pods: denied: ***")


def test_a_refusal_that_repeats_what_was_sent_tells_no_secret(tmp_path: Path) -> None:
    with answering(cluster_of(DISCOVERY)) as server:
        cluster = KubernetesCluster.at(kubeconfig(tmp_path, server.url))
        with pytest.raises(Rejected, match="manifest_refused") as caught:
            cluster.apply(DEPLOYMENT)

    assert caught.value.message == "no: ***"
    assert "comma" not in str(caught.value)


KEPT = {"name": "web-env-1", "key": "DB_PASSWORD"}
FROM_A_SECRET: list[dict[str, Any]] = [
    {"env": [{"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": KEPT}}]},
    {"envFrom": [{"secretRef": {"name": "web-env-1"}}]},
]
ENCODED = base64.b64encode(PASSWORD.encode()).decode()
SECRET = {"apiVersion": "v1", "kind": "Secret", "data": {"DB_PASSWORD": ENCODED}}


def fed(container: Mapping[str, Any]) -> dict[str, Any]:
    plain = {"name": "app", "image": "web@sha256:0"}
    return {**POD, "spec": {"containers": [{**plain, **container}]}}


def told_by(answers: Mapping[str, Any], tmp_path: Path) -> str:
    log = f"before\ncannot log in with {PASSWORD}, or {ENCODED}\nafter\n"
    with answering(cluster_of(answers, log)) as server:
        cluster = KubernetesCluster.at(kubeconfig(tmp_path, server.url))
        return "\n".join(cluster.pod_report("shop", {"app": "web"}))


@pytest.mark.parametrize("container", FROM_A_SECRET)
def test_what_comes_from_a_secret_of_the_cluster_is_hidden_as_well(
    container: Mapping[str, Any], tmp_path: Path
) -> None:
    answers = {"/pods": {"items": [fed(container)]}, "/secrets/web-env-1": SECRET}

    told = told_by(answers, tmp_path)

    assert "log | cannot log in with ***, or ***" in told
    assert "log | after" in told
    assert "word, with" not in told
    assert ENCODED not in told


@pytest.mark.parametrize("code", [403, 404])
@pytest.mark.parametrize("container", FROM_A_SECRET)
def test_when_the_secret_cannot_be_read_what_the_application_says_is_not_quoted(
    container: Mapping[str, Any], code: int, tmp_path: Path
) -> None:
    answers = {"/pods": {"items": [fed(container)]}, "/secrets/web-env-1": code}

    told = told_by(answers, tmp_path)

    assert "web-env-1, which cannot be read" in told
    assert "exit code 3" in told
    assert "log |" not in told
    assert "wrong:" not in told


def test_a_secret_that_need_not_be_there_hides_nothing(tmp_path: Path) -> None:
    optional = {"envFrom": [{"secretRef": {"name": "web-env-1", "optional": True}}]}
    answers = {"/pods": {"items": [fed(optional)]}, "/secrets/web-env-1": 404}

    assert "log | before" in told_by(answers, tmp_path)


def test_a_refused_secret_is_not_repeated(tmp_path: Path) -> None:
    secret = {**SECRET, "metadata": {"name": "web-env-1", "namespace": "shop"}}
    with answering(cluster_of(DISCOVERY_OF_SECRETS)) as server:
        cluster = KubernetesCluster.at(kubeconfig(tmp_path, server.url))
        with pytest.raises(Rejected, match="manifest_refused") as caught:
            cluster.apply(secret)

    assert caught.value.message == "no: ***"
