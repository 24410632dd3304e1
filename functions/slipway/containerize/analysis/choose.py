"""Finds all components of a repository and chooses the one to deploy."""

from slipway.containerize.analysis.detectors import DETECTORS
from slipway.containerize.analysis.folder import TESTS, Folder
from slipway.containerize.analysis.manifests import MANIFEST
from slipway.containerize.analysis.model import Component, Conflict
from slipway.containerize.analysis.tree import Tree
from slipway.saga.errors import Rejected

MAX_DEPTH = 4
MAX_FOLDERS = 500
SURE = 0.5
_NOT_COMPONENTS = TESTS | {"example", "doc", "samples", "benchmarks", "dist", "build", "out"}
_LANGUAGES = "Python, Node.js, Go, static sites, or your own Dockerfile"


def components_of(tree: Tree, wanted: str | None) -> list[Component]:
    """Return every component, outermost first; `wanted` is examined wherever it is."""
    folders = [path for path in tree.folders if _may_be_component(path)][:MAX_FOLDERS]
    extra = [wanted] if wanted and wanted not in folders else []
    found = [_detect(Folder(tree, path)) for path in dict.fromkeys([".", *folders, *extra])]
    known = [each for each in found if each is not None]
    return [each for each in known if each.path == wanted or not _is_part_of_another(each, known)]


def _may_be_component(path: str) -> bool:
    parts = path.split("/")
    return len(parts) <= MAX_DEPTH and not _NOT_COMPONENTS.intersection(parts)


def _detect(folder: Folder) -> Component | None:
    """Return the most confident result; other languages in the folder become a conflict."""
    answers = [each for detector in DETECTORS if (each := detector(folder)) is not None]
    if not answers:
        return None
    best = max(answers, key=_rank)
    others = [each for each in answers if each is not best and each.language != "static"]
    if not others or best.language == "dockerfile":
        return _completed(best, others)
    found = ", ".join(each.language for each in others)
    message = f"{found} found too; {best.language} has higher confidence"
    evidence = tuple(each.evidence[0] for each in others)
    conflict = Conflict(about="language", message=message, evidence=evidence)
    return best.model_copy(update={"conflicts": (*best.conflicts, conflict)})


def _rank(component: Component) -> tuple[bool, bool, float]:
    """A Dockerfile wins even if it is broken: it is refused then, not ignored."""
    own = component.language == "dockerfile"
    return own, is_application(component), component.confidence


def _completed(best: Component, others: list[Component]) -> Component:
    """Add what a Dockerfile does not define, such as framework and services, from the source."""
    surest = max(others, key=lambda each: each.confidence, default=None)
    if surest is None:
        return best
    return best.model_copy(
        update={
            "framework": surest.framework,
            "services": surest.services,
            "environment": tuple(sorted({*best.environment, *surest.environment})),
            "health_path": best.health_path or surest.health_path,
            "evidence": tuple(dict.fromkeys((*best.evidence, *surest.evidence))),
        }
    )


def _is_part_of_another(component: Component, known: list[Component]) -> bool:
    """A page or a plain script below an application belongs to that application."""
    stands_alone = component.language != "static" and component.confidence > SURE
    if component.path == "." or stands_alone:
        return False
    return any(
        each.path in (".", *_parents(component.path)) and each is not component for each in known
    )


def _parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:length]) for length in range(1, len(parts))]


def is_application(component: Component) -> bool:
    """Whether it can be started, or is built into files that a web server can serve."""
    if component.language == "dockerfile" or component.start_command is not None:
        return True
    return component.language == "node" and component.port == 8080 and bool(component.build_command)  # noqa: PLR2004


def chosen_of(components: list[Component], wanted: str | None) -> Component:
    if not components:
        raise Rejected(
            "unknown_language",
            "no supported language detected",
            fix=f"Slipway supports {_LANGUAGES}; or give the right folder with --component",
        )
    applications = [each for each in components if is_application(each)]
    if wanted is not None:
        return _wanted(components, wanted)
    if not applications:
        raise _no_start(components[0])
    root = next((each for each in applications if each.path == "."), None)
    if root is None and len(applications) > 1:
        raise Rejected(
            "several_components",
            f"the source contains {len(applications)} applications: {_names(applications)}",
            fix=f"choose one with --component: {_names(applications)}",
        )
    return _installable(root or applications[0])


def _wanted(components: list[Component], wanted: str) -> Component:
    match = next((each for each in components if each.path == wanted), None)
    if match is None:
        raise Rejected(
            "unknown_component",
            f"there is no component at {wanted!r}",
            fix=f"choose one with --component: {_names(components)}",
        )
    if not is_application(match):
        raise _no_start(match)
    return _installable(match)


def _installable(component: Component) -> Component:
    """Raises Rejected if its dependencies are unknown because its manifest is malformed."""
    if component.install_command is None and (broken := _malformed(component)):
        raise broken
    return component


def _malformed(component: Component) -> Rejected | None:
    broken = next((each for each in component.conflicts if each.about == MANIFEST), None)
    if broken is None:
        return None
    where = broken.evidence[0]
    return Rejected(
        "malformed_manifest", broken.message, fix=f"correct {where.file}, line {where.line}"
    )


def _no_start(component: Component) -> Rejected:
    return _malformed(component) or Rejected(
        "no_start_command",
        f"{component.path}: {component.language} was found, but no start command",
        fix="add a Procfile with a line `web: <command>`, or a start script, or a Dockerfile",
    )


def _names(components: list[Component]) -> str:
    return ", ".join(each.path for each in components)
