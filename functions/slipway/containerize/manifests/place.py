"""Manifests of a service's namespace, image pull Secret and settings Secret."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from slipway.containerize.manifests.metadata import cluster_wide
from slipway.containerize.ports import Credentials
from slipway.fingerprint import fingerprint

_DOCKER_HUB = {"docker.io", "index.docker.io", "registry-1.docker.io"}
_DOCKER_HUB_KEY = "https://index.docker.io/v1/"  # the only key the kubelet matches for it


def namespace_manifest(name: str, labels: Mapping[str, str]) -> dict[str, Any]:
    enforced = {"pod-security.kubernetes.io/enforce": "restricted"}
    return cluster_wide("Namespace", name, {**labels, **enforced})


def pull_secret_name(app: str, registry_host: str, credentials: Credentials) -> str:
    """Derived from the credentials: a rotation never overwrites a Secret that pods use."""
    text = _docker_config(registry_host, credentials)
    # The name is public: guessing a password against it must cost something.
    return f"{app}-pull-{fingerprint(text, f'{app} {registry_host}', size_bytes=4)}"


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


def settings_secret_name(app: str, namespace: str, settings: Mapping[str, str]) -> str:
    """Derived from the values: an older version keeps finding its own Secret."""
    text = json.dumps(settings, sort_keys=True)
    # 48 + 5 + 10 characters: the limit of a label value, and within that of a name.
    return f"{app}-env-{fingerprint(text, f'{app} {namespace} env', size_bytes=5)}"


def settings_secret(
    name: str, namespace: str, settings: Mapping[str, str], labels: Mapping[str, str]
) -> dict[str, Any]:
    """Immutable: the kubelet need not watch it, and its values always match its name."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace, "labels": dict(labels)},
        "type": "Opaque",
        "immutable": True,
        "data": {k: base64.b64encode(v.encode()).decode() for k, v in sorted(settings.items())},
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
