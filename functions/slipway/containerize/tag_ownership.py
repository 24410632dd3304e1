"""Ownership check of registry tags: another app's tag is moved only with `adopt`."""

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
    """Return the digest that the tag names now, None if it is unused.

    Raises Rejected("not_ours") for an image without the labels of the request's app, unless
    `options.adopt` is set. As in the cluster, labels of another installation are accepted: each
    job of a CI pipeline may be one.
    """
    digest = registry.digest(reference)
    if digest is None or request.options.adopt:
        return digest
    labels = registry.labels(repository_of(reference), digest)
    if not _is_own(labels, request.app.name):
        raise Rejected(
            "not_ours",
            f"{reference} already exists and belongs to another owner",
            fix="choose another image.tag or image.repository, or take over the existing image:"
            " --adopt (options.adopt)",
            clean=clean,
        )
    return digest


def _is_own(labels: Mapping[str, str], app: str) -> bool:
    return labels.get(MANAGED_BY) == MANAGER and labels.get(APP) == app
