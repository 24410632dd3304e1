"""Detects static sites: an index.html and nothing to build."""

from slipway.containerize.analysis.folder import Folder
from slipway.containerize.analysis.model import Component

_PORT = 8080
_INDEXES = (
    "index.html",
    "public/index.html",
    "site/index.html",
    "dist/index.html",
    "docs/index.html",
)


def detect(folder: Folder) -> Component | None:
    """The folder to serve is that of the first piece of evidence."""
    index = folder.first(*_INDEXES)
    if index is None:
        return None
    return Component(
        path=folder.path,
        language="static",
        start_command="nginx -g 'daemon off;'",
        port=_PORT,
        health_path="/",
        confidence=0.5 if index == "index.html" else 0.4,
        evidence=(folder.at(index),),
    )
