"""Detects Python projects by their manifests, or by a main file alone."""

from slipway.containerize.analysis.detectors.python.dependencies import dependencies_of
from slipway.containerize.analysis.detectors.python.install import install_of
from slipway.containerize.analysis.detectors.python.malformed import malformed
from slipway.containerize.analysis.detectors.python.start import (
    MAIN_FILES,
    framework_of,
    start_of,
)
from slipway.containerize.analysis.detectors.python.version import requests
from slipway.containerize.analysis.facts import (
    choose_port,
    choose_version,
    evidence_of,
    needs_of,
)
from slipway.containerize.analysis.flags import port_flag
from slipway.containerize.analysis.folder import Folder
from slipway.containerize.analysis.model import Component
from slipway.containerize.analysis.sources import signs_of
from slipway.containerize.analysis.version import PYTHON, python_line

MANIFESTS = ("requirements.txt", "pyproject.toml", "Pipfile", "setup.py", "setup.cfg",
             "requirements.in", "uv.lock", "poetry.lock")  # fmt: skip
_PATTERNS = {
    "port": r"""(?:environ\.get|getenv)\(\s*["']PORT["']\s*,\s*["']?(\d{2,5})"""
    r"""|\b(?:run|run_app|serve|listen|run_simple)\([^)\n]{0,200}?\bport\s*=\s*(\d{2,5})"""
    r"""|\bHTTPServer\(\s*\([^)]{0,80}?,\s*(\d{2,5})\s*\)|\.listen\(\s*(\d{2,5})""",
    "environment": r"""(?:environ\.get|getenv|setdefault)\(\s*["']([A-Z][A-Z0-9_]{0,63})["']"""
    r"""|environ\[\s*["']([A-Z][A-Z0-9_]{0,63})["']""",
}


def detect(folder: Folder) -> Component | None:
    manifest = folder.first(*MANIFESTS, "requirements/prod.txt", "requirements/base.txt")
    marker = manifest or folder.first(*MAIN_FILES)
    if marker is None:
        return None
    dependencies = dependencies_of(folder)
    framework = framework_of(dependencies.names)
    start = start_of(folder, framework, dependencies.names)
    install = install_of(folder, dependencies)
    version = choose_version(requests(folder), python_line, PYTHON[0])
    signs = signs_of(folder, (".py",), _PATTERNS)
    flag = port_flag(start.command, start.evidence) if start else None
    port = choose_port(signs, flag, framework.port if framework else 8000)
    needs = needs_of(signs, dependencies.found)
    named = [each for each in dependencies.found if framework and each.value == framework.package]
    return Component(
        path=folder.path,
        language="python",
        version=version.line,
        version_source=version.source,
        package_manager=install.manager,
        framework=framework.package if framework else None,
        install_command=install.command,
        start_command=start.command if start else None,
        port=port.number,
        port_source=port.source,
        services=needs.services,
        environment=needs.environment,
        health_path=needs.health_path,
        confidence=_confidence(manifest is not None, framework is not None, start is not None),
        evidence=evidence_of(
            folder.at(marker),
            named[:1],
            start.evidence if start else None,
            version.source,
            port.source,
        )
        + tuple(each for each in (*install.evidence, *needs.evidence)),
        conflicts=(
            *version.conflicts,
            *install.conflicts,
            *port.conflicts,
            *malformed(folder),
        ),
    )


def _confidence(has_manifest: bool, has_framework: bool, has_start: bool) -> float:
    return round(0.4 + 0.25 * has_manifest + 0.2 * has_framework + 0.1 * has_start, 2)
