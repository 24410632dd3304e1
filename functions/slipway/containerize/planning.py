"""Computes a deployment's plan (analysis, Dockerfile, manifests, findings), changing nothing."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from slipway.containerize.analysis import Analysis, analyze
from slipway.containerize.base_ownership import neighbour_findings
from slipway.containerize.build_settings import BuildSettings
from slipway.containerize.dockerfile import dockerfile_for
from slipway.containerize.labels import labels_of
from slipway.containerize.manifests import (
    ServiceSpec,
    namespace_manifest,
    render_manifests,
    settings_secret,
)
from slipway.containerize.policy import application_findings, dockerfile_findings
from slipway.containerize.secret_names import HIDDEN
from slipway.containerize.secret_settings import split_secrets
from slipway.containerize.service import service_spec
from slipway.containerize.target import Target
from slipway.messages.requests import ContainerizeRequest

WORKFLOW = "wf_plan"
NO_REGISTRY = "registry.invalid"
"""Placeholder if no registry is configured; the TLD `invalid` is reserved."""
DIGEST = f"sha256:{'0' * 64}"
"""Placeholder for the digest of the pushed image."""


def plan(
    root: Path, request: ContainerizeRequest, target: Target, settings: BuildSettings
) -> dict[str, Any]:
    """Return the document of `slipway plan --json`. Raises Rejected for an unusable source."""
    app = request.app
    analysis = analyze(root, component=app.component, port=app.port)
    component = analysis.component
    labels = labels_of(WORKFLOW, app.name)
    written = dockerfile_for(root / component.path, component, labels, settings)
    image = f"{target.repository(request)}@{DIGEST}"
    spec = service_spec(
        WORKFLOW,
        request,
        component,
        image,
        written.user_id,
        secrets=split_secrets(app.env)[1],
        pull_secret=None,
    )
    place = [namespace_manifest(app.target_namespace, labels), *_settings(spec, labels)]
    findings = [
        *dockerfile_findings(written.dockerfile),
        *neighbour_findings(written.dockerfile, app.name, target, settings.base_images),
        *application_findings(component),
    ]
    return {
        **_analysis_fields(analysis),
        "dockerfile": written.dockerfile,
        "dockerignore": written.dockerignore,
        "manifests": [*place, *render_manifests(spec)],
        "findings": [finding.model_dump(mode="json") for finding in findings],
    }


def _settings(spec: ServiceSpec, labels: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The settings Secret with its values hidden: they are for the cluster alone."""
    if spec.env_from:
        secret = settings_secret(spec.env_from, spec.namespace, {}, labels)
        del secret["data"]
        yield {**secret, "stringData": dict.fromkeys(spec.secret_env, HIDDEN)}


def _analysis_fields(analysis: Analysis) -> dict[str, Any]:
    return analysis.model_dump(mode="json")
