"""A configuration, and what a plan made of it."""

from typing import Any

SET = {
    "app": {"namespace": "team", "replicas": 3},
    "image": {"repository_prefix": "registry.test:5000/acme"},
}
FIELDS = ["app.namespace", "app.replicas", "image.repository"]


def deployed(plan: Any) -> tuple[str, int, str]:
    """Namespace, replicas and the image's repository."""
    (deployment,) = (each for each in plan["manifests"] if each["kind"] == "Deployment")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    repository, _, _ = container["image"].partition("@")
    return deployment["metadata"]["namespace"], deployment["spec"]["replicas"], repository
