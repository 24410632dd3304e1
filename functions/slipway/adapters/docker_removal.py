"""The removal of what a workflow made on the engine, and of nothing that somebody uses."""

from collections.abc import Iterable, Sequence

from docker.errors import APIError, NotFound

from slipway.adapters.docker_client import Client, told
from slipway.adapters.docker_holdings import holdings, references
from slipway.containerize.engine_images import Made
from slipway.saga.errors import Unavailable

_CONFLICT = 409


def find(client: Client, workflow_id: str, built: str | None = None) -> Sequence[Made]:
    return holdings(client, workflow_id, built).made()


def remove(client: Client, workflow_id: str, built: str | None) -> None:
    """Containers, then images, children first; again until only what somebody uses is left.

    A container of a build that was just ended may appear between two looks, so each pass looks for
    both. Nothing is forced and no parent is pruned along: only what is the workflow's goes.
    """
    before: Sequence[Made] = ()
    while left := [made for made in find(client, workflow_id, built) if not made.used_by]:
        conflict = _pass(client, left)
        if left == before:
            raise Unavailable(
                "image_in_use",
                conflict or f"{left[-1].name} cannot be removed",
                fix="remove the containers and images that use it",
            )
        before = left


def remove_stages(client: Client, workflow_id: str, built: str) -> None:
    """A layer that somebody begins to use meanwhile stays, like one that was used before."""
    held = holdings(client, workflow_id, built)
    needed = set(held.lineage(built))
    unused = (made for made in held.made() if made.kind == "image" and not made.used_by)
    _pass(client, (made for made in unused if made.name not in needed))


def _pass(client: Client, left: Iterable[Made]) -> str | None:
    """Answers why something is still there, if it was said."""
    conflict = None
    for made in left:
        if made.kind == "container":
            _remove_container(client, made.name)
        else:
            conflict = _remove_image(client, made.name) or conflict
    return conflict


def _remove_container(client: Client, container_id: str) -> None:
    try:
        client.remove_container(container_id, v=True, force=True)
    except NotFound:
        return
    except APIError as error:
        if error.status_code != _CONFLICT:
            raise  # a conflict: somebody is removing it already


def _remove_image(client: Client, image_id: str) -> str | None:
    """Answers why it is still there, None when it is not. A push leaves names by digest."""
    why = None
    try:
        image = client.inspect_image(image_id)  # type: ignore[no-untyped-call]  # the SDK
    except NotFound:
        return None
    if references(image, "RepoTags"):
        return f"{image_id} was given a tag meanwhile"
    for name in (*references(image, "RepoDigests"), image_id):
        try:
            client.remove_image(name, noprune=True)
        except NotFound:
            continue
        except APIError as error:
            if error.status_code != _CONFLICT:
                raise
            why = told(error)
    return why
