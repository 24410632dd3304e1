"""Ownership check of base images: a Dockerfile may not build on another app's image.

The engine pulls with the installation's credentials, so a Dockerfile could otherwise read images
that its author has no access to. Images that Slipway did not build, such as a company's base
images, are open to every app.
"""

from collections.abc import Iterator

from slipway.containerize.base_images import parse_setting
from slipway.containerize.dockerfile.bases import external_images
from slipway.containerize.labels import APP, is_managed
from slipway.containerize.policy import Finding
from slipway.containerize.ports import Registry
from slipway.containerize.reference import host_of, repository_of
from slipway.containerize.target import Target
from slipway.saga.errors import Rejected


def refuse_images_of_others(dockerfile: str, app: str, registry: Registry, target: Target) -> None:
    """Query the installation's own registries only. Raises Rejected("not_ours")."""
    for image in external_images(dockerfile):
        if host_of(image) not in target.hosts or (digest := registry.digest(image)) is None:
            continue
        labels = registry.labels(repository_of(image), digest)
        if is_managed(labels) and labels.get(APP) != app:
            raise Rejected(
                "not_ours",
                f"the Dockerfile builds on {image}, which is the image of another app",
                fix="use a base image that is not an app's image; push a base image that several"
                " apps share without Slipway",
            )


def neighbour_findings(
    dockerfile: str, app: str, target: Target, base_images: str | None
) -> Iterator[Finding]:
    """Warn about images that may be another app's: a plan reads no labels from the registry."""
    if target.registry is None:
        return
    ours = f"{target.registry.rstrip('/')}/"
    shared = tuple(f"{each}/" for each in parse_setting(base_images or "").values())
    for image in external_images(dockerfile):
        repository = repository_of(image)
        if repository.startswith(ours) and repository != f"{ours}{app}":
            if repository.startswith(tuple(each for each in shared if each.startswith(ours))):
                continue
            yield Finding(
                code="neighbours_image",
                severity="medium",
                message=f"{image} is in the apps' repository prefix: refused if another app's",
                file="Dockerfile",
                line=None,
                fix="use a base image that is not an app's image",
            )
