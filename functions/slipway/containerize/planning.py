"""Everything that a deployment would do, worked out without doing any of it."""

from pathlib import Path
from typing import Any

from slipway.containerize.analysis import Analysis, analyze
from slipway.containerize.base_ownership import neighbour_findings
from slipway.containerize.build_settings import BuildSettings
from slipway.containerize.dockerfile import dockerfile_for
from slipway.containerize.labels import labels_of
from slipway.containerize.manifests import namespace_manifest, render_manifests
from slipway.containerize.policy import application_findings, dockerfile_findings
from slipway.containerize.service import service_spec
from slipway.containerize.target import Target
from slipway.messages.requests import ContainerizeRequest

WORKFLOW = "wf_plan"
DIGEST = f"sha256:{'0' * 64}"
"""Stands where the digest of the pushed image will stand."""


def plan(
    root: Path, request: ContainerizeRequest, target: Target, settings: BuildSettings
) -> dict[str, Any]:
    """Answers the document of `slipway plan --json`. Raises Rejected for a source it can't read."""
    app = request.app
    analysis = analyze(root, component=app.component, port=app.port)
    component = analysis.component
    labels = labels_of(WORKFLOW, app.name)
    written = dockerfile_for(root / component.path, component, labels, settings)
    image = f"{target.repository(request)}@{DIGEST}"
    spec = service_spec(
        WORKFLOW,
        app,
        component,
        image,
        written.user_id,
        pull_secret=None,
        strict=request.options.strict,
    )
    manifests = [namespace_manifest(app.target_namespace, labels), *render_manifests(spec)]
    findings = [
        *dockerfile_findings(written.dockerfile),
        *neighbour_findings(written.dockerfile, app.name, target, settings.base_images),
        *application_findings(component),
    ]
    return {
        **_told(analysis),
        "dockerfile": written.dockerfile,
        "dockerignore": written.dockerignore,
        "manifests": manifests,
        "findings": [finding.model_dump(mode="json") for finding in findings],
    }


def _told(analysis: Analysis) -> dict[str, Any]:
    return analysis.model_dump(mode="json")
