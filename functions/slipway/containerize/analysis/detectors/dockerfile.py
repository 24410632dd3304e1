"""Detects a repository's own Dockerfile, which defines port, command and health check."""

import re

from slipway.containerize.analysis.folder import Folder, Found
from slipway.containerize.analysis.instructions import Instruction, instructions, last_stage
from slipway.containerize.analysis.model import Component, Conflict, Evidence
from slipway.containerize.analysis.sources import signs_of

_NAMES = ("Dockerfile", "Containerfile")
_PORT = 8080
_SOURCES = (".py", ".js", ".mjs", ".ts", ".go", ".rb", ".java", ".php", ".rs")
_PATTERNS = {
    "port": r"(?!)(x)",
    "environment": r"""(?:environ\.get|[gG]etenv|LookupEnv)\(\s*["']([A-Z][A-Z0-9_]{0,63})"""
    r"""|(?:environ\[\s*["']|process\.env\.)([A-Z][A-Z0-9_]{0,63})""",
}


def detect(folder: Folder) -> Component | None:
    name = next((each for each in _NAMES if each in folder.names), None)
    if name is None:
        return None
    final = last_stage(instructions(folder.read(name) or ""))
    start = next((each for each in reversed(final) if each.word in ("CMD", "ENTRYPOINT")), None)
    port = _exposed(folder, name, final)
    signs = signs_of(folder, _SOURCES, _PATTERNS)
    where = _evidence(folder, name, start) if start else None
    return Component(
        path=folder.path,
        language="dockerfile",
        start_command=start.rest if start else None,
        port=int(port.value) if port else _PORT,
        port_source=port.evidence if port else None,
        environment=tuple(signs.environment),
        health_path=_probed(final) or (signs.health.value if signs.health else None),
        confidence=0.98 if final else 0.1,
        evidence=tuple(each for each in (folder.at(name, "FROM"), where) if each),
        conflicts=() if port else (_no_port(folder, name),),
    )


def _exposed(folder: Folder, name: str, final: list[Instruction]) -> Found | None:
    for each in final:
        match = (
            re.match(r"(\d{1,5})(?:/tcp)?(?:\s|$)", each.rest) if each.word == "EXPOSE" else None
        )
        if match and 1 <= int(match.group(1)) <= 65535:  # noqa: PLR2004
            return Found(match.group(1), _evidence(folder, name, each))
    return None


def _probed(final: list[Instruction]) -> str | None:
    for each in final:
        match = re.search(r"https?://[\w.:$\{\}-]+(/[\w./-]*)", each.rest)
        if each.word == "HEALTHCHECK" and match:
            return match.group(1)
    return None


def _no_port(folder: Folder, name: str) -> Conflict:
    message = f"the Dockerfile has no EXPOSE; {_PORT} is assumed: add EXPOSE or give --port"
    return Conflict(about="port", message=message, evidence=(folder.at(name, "FROM"),))


def _evidence(folder: Folder, name: str, instruction: Instruction) -> Evidence:
    return folder.evidence(name, instruction.line, f"{instruction.word} {instruction.rest}")
