"""Detects a Node project's package manager, and derives its install commands."""

import re
from typing import NamedTuple

from slipway.containerize.analysis.folder import Folder, table, text
from slipway.containerize.analysis.model import Conflict, Evidence

_LOCKS = {
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
    "pnpm-lock.yaml": "pnpm",
    "yarn.lock": "yarn",
}
# For projects that pin no version; by the major version of the lock file.
_PNPM = {"9": "9.15.9", "6": "8.15.9", "5": "7.33.7"}
_YARN_1, _YARN_BERRY = "1.22.22", "4.9.2"
_EXACT = r"@(\d+\.\d+\.\d+)"
# These run during an install and may read the project's own files.
LIFECYCLE = ("preinstall", "install", "postinstall", "prepare")


class Install(NamedTuple):
    """`prune` removes the development packages after a full install."""

    manager: str
    production: str
    full: str
    prune: str
    evidence: tuple[Evidence, ...]
    conflicts: tuple[Conflict, ...]

    @property
    def run(self) -> str:
        """The prefix of the project's own scripts."""
        return "npm run"


def install_of(folder: Folder) -> Install:
    locks = [name for name in _LOCKS if folder.has(name)]
    declared = text(folder.json("package.json").get("packageManager")) or ""
    manager = declared.partition("@")[0]
    if manager not in _LOCKS.values():
        manager = _LOCKS[locks[0]] if locks else "npm"
    lock = next((name for name in locks if _LOCKS[name] == manager), None)
    commands = {"npm": _npm, "pnpm": _pnpm, "yarn": _yarn}[manager](folder, lock, declared)
    files = ["package.json", *([lock] if lock else [])]
    extra = [each for each in (".npmrc", ".yarnrc.yml", "pnpm-workspace.yaml") if folder.has(each)]
    return Install(
        manager,
        *commands,
        evidence=tuple(folder.at(name) for name in (*files, *extra)),
        conflicts=_conflicts(folder, locks, lock, manager),
    )


def _npm(_: Folder, lock: str | None, __: str) -> tuple[str, str, str]:
    verb = "ci" if lock else "install"
    flags = "--no-audit --no-fund"
    return f"npm {verb} --omit=dev {flags}", f"npm {verb} {flags}", "npm prune --omit=dev"


def _pnpm(folder: Folder, lock: str | None, declared: str) -> tuple[str, str, str]:
    exact = re.search(_EXACT, declared)
    written = folder.search(lock, r"^lockfileVersion: '?(\d+)") if lock else None
    version = exact.group(1) if exact else _PNPM.get(written.value if written else "9", _PNPM["9"])
    tool = f"npx --yes pnpm@{version}"
    frozen = " --frozen-lockfile" if lock else ""
    install = f"{tool} install{frozen}"
    return f"{install} --prod", install, f"env CI=true {tool} prune --prod --ignore-scripts"


def _yarn(folder: Folder, lock: str | None, declared: str) -> tuple[str, str, str]:
    exact = re.search(_EXACT, declared)
    berry = bool(lock and folder.search(lock, r"^(__metadata):"))
    if (exact and not exact.group(1).startswith("1.")) or (not exact and berry):
        version = exact.group(1) if exact else _YARN_BERRY
        tool = f"env YARN_NODE_LINKER=node-modules npx --yes @yarnpkg/cli-dist@{version}"
        focus = f"{tool} workspaces focus --all --production"
        return focus, f"{tool} install --immutable", focus
    version = exact.group(1) if exact else _YARN_1
    install = f"npx --yes yarn@{version} install" + (" --frozen-lockfile" if lock else "")
    production = f"{install} --production"
    return production, install, f"{production} --ignore-scripts --prefer-offline"


def _conflicts(
    folder: Folder, locks: list[str], lock: str | None, manager: str
) -> tuple[Conflict, ...]:
    found = []
    if len({_LOCKS[name] for name in locks}) > 1:
        files = tuple(folder.at(name) for name in locks)
        message = f"{', '.join(locks)} all exist; {manager} is used"
        found.append(Conflict(about="package_manager", message=message, evidence=files))
    if lock is None and table(folder.json("package.json"), "dependencies"):
        where = (folder.at("package.json"),)
        message = "no lock file in this folder: every build may install different versions"
        found.append(Conflict(about="lock", message=message, evidence=where))
    return tuple(found)
