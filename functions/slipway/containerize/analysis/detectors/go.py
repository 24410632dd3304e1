"""Detects Go modules: the main package to build, and its port."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from slipway.containerize.analysis.facts import (
    choose_port,
    choose_version,
    evidence_of,
    needs_of,
)
from slipway.containerize.analysis.folder import Folder, Found
from slipway.containerize.analysis.model import Component, Conflict, Evidence
from slipway.containerize.analysis.sources import contents, signs_of
from slipway.containerize.analysis.version import GO, go_line

_PATTERNS = {
    "port": r"""(?:ListenAndServe(?:TLS)?|Listen|Run|Start)\(\s*(?:"tcp",\s*)?"[\w.]*:(\d{2,5})\""""
    r"""|Addr:\s*"[\w.]*:(\d{2,5})"|\b[Pp]ort\s*:?=\s*":?(\d{2,5})\""""
    r"""|\b[aA]ddr\s*:?=\s*"[\w.]*:(\d{2,5})\"""",
    "environment": r"""os\.(?:Getenv|LookupEnv)\(\s*"([A-Z][A-Z0-9_]{0,63})\"""",
}
_FRAMEWORKS = {
    "github.com/gin-gonic/gin": "gin", "github.com/labstack/echo": "echo",
    "github.com/gofiber/fiber": "fiber", "github.com/go-chi/chi": "chi",
    "github.com/gorilla/mux": "gorilla", "github.com/beego/beego": "beego",
}  # fmt: skip
_PREFERRED = ("server", "api", "web", "app", "main", "service")
_NEEDS_C = frozenset(["github.com/mattn/go-sqlite3"])
_MODULE = r"[\w./-]+"
_PORTS = {"fiber": 3000}
# The Dockerfile writer relies on this path.
BINARY = "/out/app"
MAX_MODULES = 2_000


class Main(NamedTuple):
    package: str
    evidence: Evidence
    serves: bool


def detect(folder: Folder) -> Component | None:
    if "go.mod" not in folder.names:
        return None
    dependencies = tuple(islice(_requirements(folder), MAX_MODULES))
    framework = next((each for each in dependencies if each.value in _FRAMEWORKS), None)
    mains = _mains(folder)
    chosen = _chosen(folder, mains)
    asked = folder.search("go.mod", r"^go[ \t]+(\S+)")
    version = choose_version([asked] if asked else [], go_line, GO[0])
    signs = signs_of(folder, (".go",), _PATTERNS)
    name = _FRAMEWORKS[framework.value] if framework else None
    port = choose_port(signs, None, _PORTS.get(name or "", 8080))
    needs = needs_of(signs, dependencies)
    files = [folder.at(each) for each in ("go.mod", "go.sum") if folder.has(each)]
    return Component(
        path=folder.path,
        language="go",
        version=version.line,
        version_source=version.source,
        package_manager="go",
        framework=name,
        install_command="go mod download" if _is_downloadable(folder, dependencies) else None,
        build_command=_build(chosen, dependencies) if chosen else None,
        start_command="/app/app" if chosen else None,
        port=port.number,
        port_source=port.source,
        services=needs.services,
        environment=needs.environment,
        health_path=needs.health_path,
        confidence=round(0.6 + 0.2 * bool(chosen) + 0.15 * bool(chosen and chosen.serves), 2),
        evidence=evidence_of(*files, framework, chosen and chosen.evidence, version.source)
        + needs.evidence,
        conflicts=(*version.conflicts, *port.conflicts, *_ambiguous(mains, chosen)),
    )


def _requirements(folder: Folder) -> Iterator[Found]:
    """Yield direct and indirect modules, without the suffix of a major version (`/v5`)."""
    for number, line in enumerate((folder.read("go.mod") or "").splitlines(), start=1):
        name, version, *_ = [*line.removeprefix("require").split(maxsplit=2), "", ""]
        host, _, path = name.partition("/")
        if path and "." in host and re.match(r"v\d", version) and re.fullmatch(_MODULE, name):
            module = re.sub(r"/v\d+$", "", name)
            yield Found(module, folder.evidence("go.mod", number, line))


def _is_downloadable(folder: Folder, dependencies: tuple[Found, ...]) -> bool:
    """A `replace` by a local folder fails before the source has been copied."""
    return bool(dependencies) and folder.search("go.mod", r"=>\s*(\.\.?/)") is None


def _mains(folder: Folder) -> list[Main]:
    found: dict[str, Main] = {}
    for name, content in contents(folder, (".go",)):
        entry = re.search(r"^func main\(\)", content, re.MULTILINE)
        if name.endswith("_test.go") or entry is None:
            continue
        if (
            not re.search(r"^package main\b", content, re.MULTILINE)
            or "//go:build ignore" in content
        ):
            continue
        package = name.rpartition("/")[0]
        serves = bool(
            re.search(r"ListenAndServe|\.Listen\(|\.Run\(|\.Start\(|net\.Listen", content)
        )
        found.setdefault(package, Main(package, folder.at(name, "func main()"), serves))
    return list(found.values())


def _chosen(folder: Folder, mains: list[Main]) -> Main | None:
    """Prefer the module's root, then a package that listens, then a usual name, then the first."""
    module = folder.search("go.mod", r"^module[ \t]+(\S+)")
    own = module.value.rpartition("/")[2] if module else ""

    def rank(main: Main) -> tuple[bool, bool, int, str]:
        last = main.package.rpartition("/")[2]
        names = (own, *_PREFERRED)
        return (
            main.package != "",
            not main.serves,
            names.index(last) if last in names else len(names),
            main.package,
        )

    buildable = [each for each in mains if re.fullmatch(r"[\w./-]*", each.package)]
    return min(buildable, key=rank, default=None)


def _build(main: Main, dependencies: tuple[Found, ...]) -> str:
    cgo = int(any(each.value in _NEEDS_C for each in dependencies))
    target = f"./{main.package}" if main.package else "."
    return f"env CGO_ENABLED={cgo} go build -trimpath '-ldflags=-s -w' -o {BINARY} {target}"


def _ambiguous(mains: list[Main], chosen: Main | None) -> tuple[Conflict, ...]:
    if chosen is None or len(mains) == 1:
        return ()
    names = ", ".join(sorted(each.package or "." for each in mains))
    message = f"several programs: {names}; {chosen.package or '.'} is built"
    return (
        Conflict(about="start_command", message=message, evidence=tuple(m.evidence for m in mains)),
    )
