"""Options for writing a Dockerfile: base images, labels, build arguments."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

UID = 10001
USER = f"{UID}:{UID}"


def _as_is(reference: str) -> str:
    return reference


@dataclass(frozen=True)
class DockerfileOptions:
    """`base_image` maps a public reference (`python:3.13-slim`) to where it is pulled from.

    `labels` follow every FROM, so that an image of a failed build carries them too. `build_args`
    are the names, never the values, of the package mirrors and proxies that the build is given.
    """

    base_image: Callable[[str], str] = _as_is
    labels: Mapping[str, str] = field(default_factory=dict)
    build_args: tuple[str, ...] = ()
