"""ServiceAccount and Deployment of a service, compliant with Pod Security *restricted*."""

from typing import Any

from slipway.containerize.manifests.metadata import an_object, labels, selector
from slipway.containerize.manifests.spec import ServiceSpec

PORT_NAME = "http"
PROGRESS_DEADLINE_S = 120
_REVISIONS_KEPT = 3
_RESOURCES = {
    "requests": {"cpu": "50m", "memory": "128Mi"},
    "limits": {"cpu": "1", "memory": "512Mi"},
}
_SCRATCH_SIZE = "64Mi"


def service_account(spec: ServiceSpec) -> dict[str, Any]:
    return an_object("v1", "ServiceAccount", spec, automountServiceAccountToken=False)


def deployment(spec: ServiceSpec) -> dict[str, Any]:
    return an_object(
        "apps/v1",
        "Deployment",
        spec,
        spec={
            "replicas": spec.replicas,
            "revisionHistoryLimit": _REVISIONS_KEPT,
            "progressDeadlineSeconds": PROGRESS_DEADLINE_S,
            "strategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1},
            },
            "selector": {"matchLabels": selector(spec)},
            "template": {"metadata": {"labels": labels(spec)}, "spec": _pod(spec)},
        },
    )


def _pod(spec: ServiceSpec) -> dict[str, Any]:
    secrets = {"imagePullSecrets": [{"name": spec.pull_secret}]} if spec.pull_secret else {}
    return {
        "serviceAccountName": spec.name,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,  # a Service named `port` would otherwise set variables
        "terminationGracePeriodSeconds": 30,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": spec.user_id,
            "runAsGroup": spec.user_id,
            "fsGroup": spec.user_id,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        **secrets,
        "topologySpreadConstraints": [_spread(spec)],
        "containers": [_container(spec)],
        "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": _SCRATCH_SIZE}}],
    }


def _spread(spec: ServiceSpec) -> dict[str, Any]:
    return {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": selector(spec)},
    }


def _container(spec: ServiceSpec) -> dict[str, Any]:
    return {
        "name": "app",
        "image": spec.image,
        "imagePullPolicy": "IfNotPresent",
        "env": _environment(spec),
        "ports": [{"name": PORT_NAME, "containerPort": spec.port, "protocol": "TCP"}],
        "resources": _RESOURCES,
        **_probes(spec),
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108  (the only writable place)
    }


def _environment(spec: ServiceSpec) -> list[dict[str, Any]]:
    """Double every dollar: Kubernetes expands `$(NAME)` and `$$` in plain values.

    It does not expand values from a Secret.
    """
    values = {**spec.env, "PORT": str(spec.port)}
    plain = [{"name": k, "value": v.replace("$", "$$")} for k, v in values.items()]
    secret = [
        {"name": k, "valueFrom": {"secretKeyRef": {"name": spec.env_from, "key": k}}}
        for k in spec.secret_env
        if k not in values
    ]
    return sorted([*plain, *secret], key=lambda each: str(each["name"]))


def _probes(spec: ServiceSpec) -> dict[str, Any]:
    """Probe only the TCP socket without a known health path: many APIs have nothing at `/`."""
    asks: dict[str, Any] = (
        {"httpGet": {"path": spec.health_path, "port": PORT_NAME, "scheme": "HTTP"}}
        if spec.health_path
        else {"tcpSocket": {"port": PORT_NAME}}
    )
    return {
        "startupProbe": {**asks, "periodSeconds": 1, "timeoutSeconds": 2, "failureThreshold": 60},
        "readinessProbe": {**asks, "periodSeconds": 5, "timeoutSeconds": 2, "failureThreshold": 3},
        "livenessProbe": {**asks, "periodSeconds": 10, "timeoutSeconds": 5, "failureThreshold": 6},
    }
