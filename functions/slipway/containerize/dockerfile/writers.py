"""Write a Dockerfile and a .dockerignore for a component, by its language."""

from collections.abc import Callable
from typing import NamedTuple

from slipway.containerize.analysis.model import Component
from slipway.containerize.dockerfile import go, node, python, static
from slipway.containerize.dockerfile.ignore import ignore_file
from slipway.containerize.dockerfile.options import DockerfileOptions
from slipway.saga.errors import Rejected


class Writer(NamedTuple):
    write: Callable[[Component, DockerfileOptions], str]
    ignored: tuple[str, ...]


# The registry of writers, by the language that a detector reports.
WRITERS = {
    "python": Writer(python.write, python.IGNORED),
    "node": Writer(node.write, node.IGNORED),
    "go": Writer(go.write, go.IGNORED),
    "static": Writer(static.write, static.IGNORED),
}


def write_dockerfile(component: Component, options: DockerfileOptions) -> str:
    """Deterministic. The build context is the component's folder.

    Raises Rejected: no_writer (a detected language without a writer, such as a repository with its
    own Dockerfile), unsafe_name (a name that is not allowed in a Dockerfile).
    """
    writer = WRITERS.get(component.language)
    if writer is None:
        raise Rejected(
            "no_writer",
            f"no Dockerfile is written for {component.language}",
            fix="provide your own Dockerfile",
        )
    return writer.write(component, options)


def write_dockerignore(component: Component) -> str:
    """Also used for a repository with its own Dockerfile but no .dockerignore."""
    writer = WRITERS.get(component.language)
    return ignore_file(writer.ignored if writer else ())
