"""An application tells its settings when it fails; nobody reads the secrets among them."""

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
        else:
            found = next(body for end, body in answers.items() if path.endswith(end))
            text(200, json.dumps(found))(handler)

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

    assert told.failure == ("pod_refused", "the cluster refuses the pods: denied: ***")


def test_a_refusal_that_repeats_what_was_sent_tells_no_secret(tmp_path: Path) -> None:
    with answering(cluster_of(DISCOVERY)) as server:
        cluster = KubernetesCluster.at(kubeconfig(tmp_path, server.url))
        with pytest.raises(Rejected, match="manifest_refused") as caught:
            cluster.apply(DEPLOYMENT)

    assert caught.value.message == "no: ***"
    assert "comma" not in str(caught.value)
