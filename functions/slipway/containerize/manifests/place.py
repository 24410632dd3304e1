"""The namespace of a service, and the secret its images are pulled with."""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from slipway.containerize.manifests.metadata import cluster_wide
from slipway.containerize.ports import Credentials

_DOCKER_HUB = {"docker.io", "index.docker.io", "registry-1.docker.io"}
_DOCKER_HUB_KEY = "https://index.docker.io/v1/"  # the only key the kubelet matches for it


def namespace_manifest(name: str, labels: Mapping[str, str]) -> dict[str, Any]:
    enforced = {"pod-security.kubernetes.io/enforce": "restricted"}
    return cluster_wide("Namespace", name, {**labels, **enforced})


def pull_secret_name(app: str, registry_host: str, credentials: Credentials) -> str:
    """Other credentials have another name: a rotation never overwrites what running pods use."""
    text = _docker_config(registry_host, credentials).encode()
    salt = f"{app} {registry_host}".encode()
    # The name is public: guessing a password against it must cost something.
    suffix = hashlib.scrypt(text, salt=salt, n=2**14, r=8, p=1, dklen=4).hex()
    return f"{app}-pull-{suffix}"


def pull_secret(
    name: str,
    namespace: str,
    registry_host: str,
    credentials: Credentials,
    labels: Mapping[str, str],
) -> dict[str, Any]:
    text = _docker_config(registry_host, credentials)
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace, "labels": dict(labels)},
        "type": "kubernetes.io/dockerconfigjson",
        "data": {".dockerconfigjson": base64.b64encode(text.encode()).decode()},
    }


def _docker_config(registry_host: str, credentials: Credentials) -> str:
    key = _DOCKER_HUB_KEY if registry_host in _DOCKER_HUB else registry_host
    return json.dumps({"auths": {key: _login(credentials)}}, sort_keys=True)


def _login(credentials: Credentials) -> dict[str, str]:
    if credentials.identity_token:
        return {"username": credentials.username, "identitytoken": credentials.identity_token}
    pair = f"{credentials.username}:{credentials.password}".encode()
    return {
        "username": credentials.username,
        "password": credentials.password,
        "auth": base64.b64encode(pair).decode(),
    }
