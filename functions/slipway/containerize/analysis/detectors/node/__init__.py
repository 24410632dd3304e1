"""Detects Node.js projects by their package.json: servers, and sites to build."""

from collections.abc import Iterator
from itertools import islice

from slipway.containerize.analysis.detectors.node.install import LIFECYCLE, Install, install_of
from slipway.containerize.analysis.detectors.node.start import (
    SERVERS,
    SITES,
    build_of,
    framework_of,
    name_of,
    scripts_of,
    start_of,
)
from slipway.containerize.analysis.facts import (
    choose_port,
    choose_version,
    evidence_of,
    needs_of,
)
from slipway.containerize.analysis.flags import port_flag
from slipway.containerize.analysis.folder import Folder, Found, table, text
from slipway.containerize.analysis.manifests import unreadable
from slipway.containerize.analysis.model import Component
from slipway.containerize.analysis.sources import signs_of
from slipway.containerize.analysis.version import NODE, node_line

_SOURCES = (".js", ".mjs", ".cjs", ".ts", ".mts")
_PATTERNS = {
    "port": r"""process\.env\.PORT\s*(?:\|\||\?\?)\s*["']?(\d{2,5})"""
    r"""|process\.env\[["']PORT["']\]\s*(?:\|\||\?\?)\s*["']?(\d{2,5})"""
    r"""|\.listen\(\s*(?:\{\s*port:\s*)?(\d{2,5})|\bport\s*[=:]\s*(\d{4,5})\b""",
    "environment": r"""process\.env\.([A-Z][A-Z0-9_]{0,63})"""
    r"""|process\.env\[["']([A-Z][A-Z0-9_]{0,63})""",
}
_SITE_PORT = 8080
_MANIFEST = "package.json"
MAX_DEPENDENCIES = 2_000


def detect(folder: Folder) -> Component | None:
    if _MANIFEST not in folder.names:
        return None
    dependencies = list(islice(_dependencies(folder), MAX_DEPENDENCIES))
    framework = framework_of(dependencies)
    is_site = framework is not None and framework.value in SITES
    start, install = start_of(folder, framework), install_of(folder)
    version = choose_version(_requests(folder), node_line, NODE[0])
    signs = signs_of(folder, _SOURCES, _PATTERNS)
    flag = port_flag(start.command, start.evidence) if start else None
    habit = _SITE_PORT if is_site else SERVERS.get(framework.value if framework else "", 3000)
    port = choose_port(signs._replace(ports=()) if is_site else signs, flag, habit)
    needs = needs_of(signs, dependencies)
    install_command, build_command = _commands(folder, install, bool(dependencies), is_site)
    return Component(
        path=folder.path,
        language="node",
        version=version.line,
        version_source=version.source,
        package_manager=install.manager,
        framework=name_of(framework.value) if framework else None,
        install_command=install_command,
        build_command=build_command,
        start_command=start.command if start else None,
        port=port.number,
        port_source=port.source,
        services=needs.services,
        environment=needs.environment,
        health_path=needs.health_path,
        confidence=round(0.55 + 0.2 * bool(framework) + 0.15 * bool(start or is_site), 2),
        evidence=evidence_of(*install.evidence, framework, start and start.evidence, version.source)
        + needs.evidence,
        conflicts=(
            *version.conflicts,
            *install.conflicts,
            *port.conflicts,
            *unreadable(folder, _MANIFEST),
        ),
    )


def _dependencies(folder: Folder) -> Iterator[Found]:
    data = folder.json(_MANIFEST)
    for group in ("dependencies", "devDependencies"):
        for name in table(data, group):
            # Of devDependencies only site builders count: others are not needed at run time.
            if group == "dependencies" or name in SITES:
                yield Found(name, folder.at(_MANIFEST, f'"{name}"'))


def _requests(folder: Folder) -> Iterator[Found]:
    for name in (".nvmrc", ".node-version"):
        found = folder.search(name, r"^[ \t]*([\w./*-]+)[ \t\r]*$")
        if found:
            yield found
    found = folder.search(".tool-versions", r"^nodejs?[ \t]+(\S+)")
    if found:
        yield found
    data = folder.json(_MANIFEST)
    for group in ("volta", "engines"):
        asked = text(table(data, group).get("node"))
        if asked:
            yield Found(asked, folder.at(_MANIFEST, '"node"'))


def _commands(
    folder: Folder, install: Install, has_dependencies: bool, is_site: bool
) -> tuple[str | None, str | None]:
    """Return the install and the build command.

    A build needs the development packages; they are pruned after it. Scripts that run during an
    install count as a build: they may need those packages too (husky, prisma).
    """
    scripts = scripts_of(folder)
    build = build_of(scripts)
    if not has_dependencies and not table(folder.json(_MANIFEST), "devDependencies"):
        return None, build
    if build is None and not any(name in scripts for name in LIFECYCLE):
        return (install.production if has_dependencies else None), None
    if is_site:
        return install.full, build
    return install.full, " && ".join(each for each in (build, install.prune) if each)
