"""Reports fields of a pyproject.toml that have the wrong type as conflicts."""

from collections.abc import Iterator

from slipway.containerize.analysis.folder import Folder, table
from slipway.containerize.analysis.manifests import MANIFEST, unreadable
from slipway.containerize.analysis.model import Conflict

_FILE = "pyproject.toml"


def malformed(folder: Folder) -> Iterator[Conflict]:
    yield from unreadable(folder, _FILE)
    data = folder.toml(_FILE) if folder.has(_FILE) else {}
    project = data.get("project", {})
    if not isinstance(project, dict):
        yield _conflict(folder, "project", "a table")
    for field in ("name", "version", "requires-python"):
        if not isinstance(table(data, "project").get(field, ""), str):
            yield _conflict(folder, field, "a string")
    named = table(data, "project").get("dependencies", [])
    if not isinstance(named, list) or not all(isinstance(each, str) for each in named):
        yield _conflict(folder, "dependencies", "a list of strings")


def _conflict(folder: Folder, field: str, wanted: str) -> Conflict:
    about = field if field == "project" else f"project.{field}"
    message = f"{_FILE}: {about} is not {wanted}, and was ignored"
    return Conflict(about=MANIFEST, message=message, evidence=(folder.at(_FILE, field),))
