"""The Dockerfile of a component for the build: generated, or the repository's own."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from slipway.containerize.analysis.model import Component
from slipway.containerize.analysis.tree import read_text
from slipway.containerize.base_images import rewrite_base_image
from slipway.containerize.build_settings import BuildSettings
from slipway.containerize.dockerfile.options import UID, DockerfileOptions
from slipway.containerize.dockerfile.own import prepare_own_dockerfile
from slipway.containerize.dockerfile.user import user_of
from slipway.containerize.dockerfile.writers import write_dockerfile, write_dockerignore
from slipway.saga.errors import Rejected

OWN = "dockerfile"


class Written(NamedTuple):
    """`user_id` is the uid of the image and of its pods."""

    dockerfile: str
    dockerignore: str
    user_id: int


def dockerfile_for(
    folder: Path, component: Component, labels: Mapping[str, str], settings: BuildSettings
) -> Written:
    """`folder` is the component's, the build context. Raises Rejected, also as the writers do."""
    options = DockerfileOptions(
        base_image=lambda reference: rewrite_base_image(reference, settings.base_images or ""),
        labels=labels,
        build_args=tuple(settings.args),
    )
    if component.language != OWN:
        text = write_dockerfile(component, options)
        return Written(text, write_dockerignore(component), UID)
    name = component.local(component.evidence[0].file)
    own = read_text(folder.resolve(), name)
    if own is None:
        raise Rejected(
            "unreadable_dockerfile",
            f"{name} cannot be read",
            fix="it must be a regular file below 512 KiB",
        )
    ignore = read_text(folder.resolve(), ".dockerignore")
    text = prepare_own_dockerfile(own, options)
    return Written(text, ignore or write_dockerignore(component), user_of(own) or UID)
