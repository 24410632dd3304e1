"""Renders the Kubernetes manifests of a service: plain dicts, deterministic."""

from typing import Any

from slipway.containerize.manifests.network import (
    disruption_budget,
    ingress,
    network_policy,
    service,
)
from slipway.containerize.manifests.place import (
    namespace_manifest,
    pull_secret,
    pull_secret_name,
    settings_secret,
    settings_secret_name,
)
from slipway.containerize.manifests.spec import ServiceSpec
from slipway.containerize.manifests.workload import deployment, service_account

__all__ = [
    "ServiceSpec",
    "namespace_manifest",
    "pull_secret",
    "pull_secret_name",
    "render_manifests",
    "settings_secret",
    "settings_secret_name",
]


def render_manifests(spec: ServiceSpec) -> list[dict[str, Any]]:
    """Return manifests in the order to apply: the NetworkPolicy exists before any pod starts."""
    wanted = [service_account(spec), network_policy(spec), service(spec), deployment(spec)]
    if spec.replicas > 1:
        wanted.append(disruption_budget(spec))
    if spec.ingress:
        wanted.append(ingress(spec))
    return wanted
