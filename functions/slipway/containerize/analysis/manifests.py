"""Reports manifests that cannot be parsed as conflicts, with the line."""

import json
import re
import tomllib
from collections.abc import Iterator

from slipway.containerize.analysis.folder import Folder, is_too_deep
from slipway.containerize.analysis.model import Conflict

MANIFEST = "manifest"
"""The `about` of such a conflict."""
_LINE = re.compile(r"line (\d+)")


def unreadable(folder: Folder, name: str) -> Iterator[Conflict]:
    """`name` ends with .json or .toml. Yields nothing if the file is missing or empty."""
    content = folder.read(name) or ""
    is_json = name.endswith(".json")
    if not content.strip() or (not is_json and is_too_deep(content)):
        return
    try:
        json.loads(content) if is_json else tomllib.loads(content)
    except (ValueError, RecursionError) as error:
        text = str(error) or "it is nested too deeply"
        found = _LINE.search(text)
        where = folder.evidence(name, int(found.group(1)) if found else 1, "")
        yield Conflict(about=MANIFEST, message=f"{name} cannot be read: {text}", evidence=(where,))
