"""Manifests of the network: Service, NetworkPolicy, Ingress, and PodDisruptionBudget."""

from typing import Any

from slipway.containerize.cloud_metadata import RANGES_V4, RANGES_V6
from slipway.containerize.manifests.metadata import an_object, selector
from slipway.containerize.manifests.spec import ServiceSpec
from slipway.containerize.manifests.workload import PORT_NAME

SERVICE_PORT = 80
_PORTS_OF = {
    "postgresql": 5432,
    "mysql": 3306,
    "mongodb": 27017,
    "redis": 6379,
    "rabbitmq": 5672,
    "kafka": 9092,
    "elasticsearch": 9200,
    "memcached": 11211,
    "nats": 4222,
}
_NAMES = {"ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]}
_ANYWHERE_BUT = {"0.0.0.0/0": RANGES_V4, "::/0": RANGES_V6}


def service(spec: ServiceSpec) -> dict[str, Any]:
    port = {"name": "http", "port": SERVICE_PORT, "targetPort": PORT_NAME, "protocol": "TCP"}
    body = {"type": "ClusterIP", "selector": selector(spec), "ports": [port]}
    return an_object("v1", "Service", spec, spec=body)


def network_policy(spec: ServiceSpec) -> dict[str, Any]:
    """Selects this app's pods only, as the namespace may have others; opens only its port."""
    egress = _to_found_services(spec) if spec.strict else _to_anywhere_but_metadata()
    body = {
        "podSelector": {"matchLabels": selector(spec)},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [{"ports": [{"port": spec.port, "protocol": "TCP"}]}],
        "egress": [_NAMES, *egress],
    }
    return an_object("networking.k8s.io/v1", "NetworkPolicy", spec, spec=body)


def _to_anywhere_but_metadata() -> list[dict[str, Any]]:
    """DNS has a rule of its own, which also allows servers at an excluded address."""
    blocks = [{"cidr": cidr, "except": list(but)} for cidr, but in _ANYWHERE_BUT.items()]
    return [{"to": [{"ipBlock": block} for block in blocks]}]


def _to_found_services(spec: ServiceSpec) -> list[dict[str, Any]]:
    """A detected service without a well-known port opens nothing."""
    found = sorted({_PORTS_OF[name] for name in spec.services if name in _PORTS_OF})
    return [{"ports": [{"port": port, "protocol": "TCP"} for port in found]}] if found else []


def disruption_budget(spec: ServiceSpec) -> dict[str, Any]:
    body = {"maxUnavailable": 1, "selector": {"matchLabels": selector(spec)}}
    return an_object("policy/v1", "PodDisruptionBudget", spec, spec=body)


def ingress(spec: ServiceSpec) -> dict[str, Any]:
    asked = spec.ingress
    if asked is None:
        raise ValueError("no ingress was asked for")
    backend = {"service": {"name": spec.name, "port": {"name": "http"}}}
    paths = [{"path": "/", "pathType": "Prefix", "backend": backend}]
    body: dict[str, Any] = {"rules": [{"host": asked.host, "http": {"paths": paths}}]}
    if asked.class_name:
        body["ingressClassName"] = asked.class_name
    if asked.tls_secret:
        body["tls"] = [{"hosts": [asked.host], "secretName": asked.tls_secret}]
    return an_object("networking.k8s.io/v1", "Ingress", spec, spec=body)
