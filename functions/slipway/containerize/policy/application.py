"""Policy checks of an analysed application: development server, malformed manifest."""

import re
from collections.abc import Iterator

from slipway.containerize.analysis.manifests import MANIFEST
from slipway.containerize.analysis.model import Component, Evidence
from slipway.containerize.policy.finding import Finding

_DEVELOPMENT = re.compile(r"(?:^|\s)flask\s(?:\S+\s)*run\b|\bmanage\.py\s+runserver\b")


def application_findings(component: Component) -> list[Finding]:
    """Empty for a component with its own Dockerfile, which defines itself what it runs."""
    return [*_development_server(component), *_malformed(component)]


def _development_server(component: Component) -> Iterator[Finding]:
    command = component.start_command or ""
    if component.language == "python" and _DEVELOPMENT.search(command):
        named = [each for each in component.evidence if each.file.endswith(".py")]
        where = next(iter(named or component.evidence), None)
        yield Finding(
            code="development_server",
            severity="low",
            message=f"{component.framework} is served by its development server, which is"
            " not meant for production",
            file=where.file if where else component.path,
            line=where.line if where else None,
            fix="add gunicorn to the requirements",
        )


def _malformed(component: Component) -> Iterator[Finding]:
    for conflict in component.conflicts:
        if conflict.about == MANIFEST:
            where: Evidence = conflict.evidence[0]
            yield Finding(
                code="malformed_manifest",
                severity="medium",
                message=conflict.message,
                file=where.file,
                line=where.line,
                fix="correct it as its packaging guide specifies, or leave it out",
            )
