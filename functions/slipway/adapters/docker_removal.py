"""Remove a workflow's containers and images from the engine, except those in use."""

from collections.abc import Iterable, Sequence

from docker.errors import APIError, NotFound

from slipway.adapters.docker_client import Client, error_text
from slipway.adapters.docker_holdings import holdings, references
from slipway.containerize.engine_images import Made
from slipway.saga.errors import Unavailable

_CONFLICT = 409


def find(client: Client, workflow_id: str, built: str | None = None) -> Sequence[Made]:
    return holdings(client, workflow_id, built).made()


def remove(client: Client, workflow_id: str, built: str | None) -> None:
    """Remove containers, then images, children first; repeat until only those in use are left.

    A container of a build that was just stopped may appear between two passes, so each pass lists
    both. Images are removed without force or pruning, so that only the workflow's own are deleted.
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
    """Remove intermediate images that `built` does not need; those in use stay."""
    held = holdings(client, workflow_id, built)
    needed = set(held.lineage(built))
    unused = (made for made in held.made() if made.kind == "image" and not made.used_by)
    _pass(client, (made for made in unused if made.name not in needed))


def _pass(client: Client, left: Iterable[Made]) -> str | None:
    """Return the engine's reason if an image could not be removed."""
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
            raise  # a conflict means that it is already being removed


def _remove_image(client: Client, image_id: str) -> str | None:
    """Return why the image remains, None once removed. A push leaves references by digest."""
    why = None
    try:
        image = client.inspect_image(image_id)  # type: ignore[no-untyped-call]  # the SDK
    except NotFound:
        return None
    if references(image, "RepoTags"):
        return f"{image_id} was tagged in the meantime"
    for name in (*references(image, "RepoDigests"), image_id):
        try:
            client.remove_image(name, noprune=True)
        except NotFound:
            continue
        except APIError as error:
            if error.status_code != _CONFLICT:
                raise
            why = error_text(error)
    return why
