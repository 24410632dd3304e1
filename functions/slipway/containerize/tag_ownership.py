"""Whose a tag of a registry is: one that is not the app's own is moved only when asked to."""

from collections.abc import Mapping

from slipway.containerize.labels import APP, MANAGED_BY, MANAGER
from slipway.containerize.ports import Registry
from slipway.containerize.reference import repository_of
from slipway.messages.requests import ContainerizeRequest
from slipway.saga.errors import Rejected


def movable_tag(
    registry: Registry,
    reference: str,
    request: ContainerizeRequest,
    *,
    clean: bool,
) -> str | None:
    """The digest that the tag names now, None when it is free.

    Raises Rejected("not_ours") for an image that does not carry the labels of the request's app;
    with `options.adopt` any tag may be moved. As in the cluster, the app may have been deployed by
    another installation: a pipeline's next job is one.
    """
    digest = registry.digest(reference)
    if digest is None or request.options.adopt:
        return digest
    labels = registry.labels(repository_of(reference), digest)
    if not _is_own(labels, request.app.name):
        raise Rejected(
            "not_ours",
            f"{reference} is already there, and not of this app",
            fix="choose another image.tag or image.repository, or take over what is there:"
            " --adopt (options.adopt)",
            clean=clean,
        )
    return digest


def _is_own(labels: Mapping[str, str], app: str) -> bool:
    return labels.get(MANAGED_BY) == MANAGER and labels.get(APP) == app
