"""Finds the packages that a Python project declares, with the line of each."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from packaging.requirements import InvalidRequirement, Requirement

from slipway.containerize.analysis.folder import Folder, Found, table, text, texts

REQUIREMENTS = ("requirements.txt", "requirements/prod.txt", "requirements/production.txt",
                "requirements/base.txt", "requirements.in")  # fmt: skip
MAX_INCLUDES = 20
MAX_DECLARED = 1_000
_INCLUDE = re.compile(r"^[ \t]*(?:-r|-c|--requirement|--constraint)[ =]*(\S+)", re.MULTILINE)


class Dependencies(NamedTuple):
    """`found` has normalised names; `files` are the requirements files, relative to the folder."""

    found: tuple[Found, ...]
    files: tuple[str, ...]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(each.value for each in self.found)


def dependencies_of(folder: Folder) -> Dependencies:
    main = folder.first(*REQUIREMENTS)
    files = included_files(folder, main) if main else ()
    listed = [_requirement_lines(folder, name) for name in files]
    listed += [_pyproject(folder), _pipfile(folder), _setup(folder)]
    found = [each for one in listed for each in islice(one, MAX_DECLARED)]
    return Dependencies(tuple(found), files)


def included_files(folder: Folder, main: str) -> tuple[str, ...]:
    """Return the requirements file and those that it includes with `-r` or `-c`, if they exist."""
    pending = [main]
    seen: list[str] = []
    while pending and len(seen) < MAX_INCLUDES:
        name = pending.pop(0)
        content = folder.read(name)
        if name in seen or content is None:
            continue
        seen.append(name)
        base = name.rpartition("/")[0]
        found = islice(_INCLUDE.finditer(content), MAX_INCLUDES)
        pending += [_joined(base, match.group(1)) for match in found]
    return tuple(seen)


def _joined(base: str, other: str) -> str:
    parts: list[str] = []
    for part in f"{base}/{other}".split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _requirement_lines(folder: Folder, name: str) -> Iterator[Found]:
    for number, line in enumerate((folder.read(name) or "").splitlines(), start=1):
        match = re.match(r"\s*([A-Za-z0-9][\w.-]*)", line)
        if match:
            yield Found(normalised(match.group(1)), folder.evidence(name, number, line))


def _pyproject(folder: Folder) -> Iterator[Found]:
    if not folder.has("pyproject.toml"):
        return
    data = folder.toml("pyproject.toml")
    poetry = table(data, "tool", "poetry", "dependencies")
    for line in [*texts(table(data, "project").get("dependencies")), *poetry]:
        match = re.match(r"\s*([A-Za-z0-9][\w.-]*)", line)
        if match and match.group(1) != "python":
            yield Found(normalised(match.group(1)), folder.at("pyproject.toml", line))


def _pipfile(folder: Folder) -> Iterator[Found]:
    if folder.has("Pipfile"):
        for name in table(folder.toml("Pipfile"), "packages"):
            yield Found(normalised(name), folder.at("Pipfile", name))


def _setup(folder: Folder) -> Iterator[Found]:
    if folder.has("setup.py"):
        content = folder.read("setup.py") or ""
        opening = re.search(r"install_requires\s*=\s*\[", content)
        listed = content[opening.end() :].partition("]")[0] if opening else ""
        for name in re.findall(r"""["']([A-Za-z0-9][\w.-]*)""", listed):
            yield Found(normalised(name), folder.at("setup.py", name))


def declared_requirements(folder: Folder) -> tuple[str, ...]:
    """Return the project's PEP 621 requirements that pip can take as arguments."""
    project = texts(table(folder.toml("pyproject.toml"), "project").get("dependencies"))
    return tuple(each for each in project if _is_requirement(each))


def pipfile_requirements(folder: Folder) -> tuple[str, ...]:
    wanted = []
    for name, spec in table(folder.toml("Pipfile"), "packages").items():
        version = text(spec) or text(table(spec).get("version")) or "*"
        wanted.append(name if version == "*" else f"{name}{version}")
    return tuple(each for each in wanted if _is_requirement(each))


def _is_requirement(line: str) -> bool:
    try:
        Requirement(line)
    except InvalidRequirement:
        return False
    return True


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
