"""Detects the components of a repository, with the source line as evidence of each fact."""

from pathlib import Path, PurePosixPath

from slipway.containerize.analysis.choose import chosen_of, components_of
from slipway.containerize.analysis.flags import with_port
from slipway.containerize.analysis.model import Analysis, Component, Conflict, Evidence
from slipway.containerize.analysis.tree import Tree
from slipway.saga.errors import Rejected

__all__ = ["Analysis", "Component", "Conflict", "Evidence", "analyze"]


def analyze(root: Path, component: str | None = None, port: int | None = None) -> Analysis:
    """Read the tree at `root` and nothing outside it; `component` is a folder in it.

    `port` overrides the detected one. Raises only Rejected, on any tree: empty_source,
    unknown_language, several_components, unknown_component, no_start_command,
    malformed_manifest, too_many_instructions.
    """
    tree = Tree(root)
    if not tree.files:
        raise Rejected(
            "empty_source",
            "the source contains no files",
            fix="give the folder that contains the code",
        )
    wanted = _normal(component)
    components = components_of(tree, wanted)
    chosen = chosen_of(components, wanted)
    bound = [with_port(each, port if each is chosen else None) for each in components]
    return Analysis(components=tuple(bound), chosen=chosen.path)


def _normal(component: str | None) -> str | None:
    return None if component is None else str(PurePosixPath(component.strip().strip("/") or "."))
