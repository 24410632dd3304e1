"""Detects a Python project's package manager, and derives its install command."""

import shlex
from typing import NamedTuple

from slipway.containerize.analysis.detectors.python.dependencies import (
    Dependencies,
    declared_requirements,
    pipfile_requirements,
)
from slipway.containerize.analysis.folder import Folder, table
from slipway.containerize.analysis.model import Conflict, Evidence

# A lock is exported with hashes and installed by pip, which honours the configured index:
# the tools' own installers use the URLs that are recorded in the lock.
_LOCKED = "/tmp/locked.txt"  # noqa: S108  (a path inside the build container)
_EXPORTS = {
    "uv": ("uv.lock", f"uv export --frozen --no-dev --no-emit-project --output-file {_LOCKED}"),
    "poetry": ("poetry.lock", f"poetry export --only main --output {_LOCKED}"),
    "pdm": ("pdm.lock", f"pdm export --prod --format requirements --output {_LOCKED}"),
    "pipenv": ("Pipfile.lock", f"pipenv requirements --hash > {_LOCKED}"),
}


class Install(NamedTuple):
    manager: str
    command: str | None
    evidence: tuple[Evidence, ...]
    conflicts: tuple[Conflict, ...] = ()


def install_of(folder: Folder, dependencies: Dependencies) -> Install:
    locks = [name for name in _EXPORTS if folder.has(_EXPORTS[name][0])]
    if locks:
        return _locked(folder, locks)
    if dependencies.files:
        command = shlex.join(["pip", "install", "--requirement", dependencies.files[0]])
        return Install("pip", command, tuple(folder.at(name) for name in dependencies.files))
    return _unlocked(folder, dependencies)


def _locked(folder: Folder, locks: list[str]) -> Install:
    manager = locks[0]
    lock, export = _EXPORTS[manager]
    manifest = "Pipfile" if manager == "pipenv" else "pyproject.toml"
    evidence = [folder.at(name) for name in (manifest, lock) if folder.has(name)]
    conflicts: tuple[Conflict, ...] = ()
    if len(locks) > 1:
        files = tuple(folder.at(_EXPORTS[each][0]) for each in locks)
        message = f"lock files of {', '.join(locks)} exist; that of {manager} is used"
        conflicts = (Conflict(about="package_manager", message=message, evidence=files),)
    command = f"{export} && pip install --requirement {_LOCKED}"
    return Install(manager, command, tuple(evidence), conflicts)


def _unlocked(folder: Folder, dependencies: Dependencies) -> Install:
    manager, manifest = _manager_without_lock(folder)
    if manifest is None or not dependencies.found:
        return Install(manager, None, ())
    wanted = pipfile_requirements(folder) if manager == "pipenv" else declared_requirements(folder)
    # `.` if pip cannot take arguments: a Poetry table or setup.py, built by its own back end.
    command = shlex.join(["pip", "install", *(wanted or ["."])])
    message = "no lock file: every build may install different versions"
    conflict = Conflict(about="lock", message=message, evidence=(folder.at(manifest),))
    return Install(manager, command, (folder.at(manifest),), (conflict,))


def _manager_without_lock(folder: Folder) -> tuple[str, str | None]:
    if folder.has("Pipfile"):
        return "pipenv", "Pipfile"
    if folder.has("pyproject.toml"):
        tools = table(folder.toml("pyproject.toml"), "tool")
        return next(
            (each for each in ("poetry", "pdm", "uv") if each in tools), "pip"
        ), "pyproject.toml"
    return "pip", folder.first("setup.py", "setup.cfg")
