"""What a client does: pack, upload, ask, and wait for the end."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from slipway.containerize.archive import pack
from slipway_local.cli.client import Client
from slipway_local.system import LocalSystem

APPS = Path(__file__).parents[1] / "apps"
ENDS_WITHIN_S = 600


class NotCompleted(Exception):  # noqa: N818  (named by the condition)
    """A workflow that is measured must succeed."""


def ask(client: Client, folder: Path, name: str) -> str:
    """Return the workflow's id; `name` is the application's and the namespace's."""
    source = {"upload_id": upload(client, folder)}
    app = {"name": name, "namespace": name}
    accepted = client.post("/workflows", {"source": source, "app": app})
    return str(accepted["workflow_id"])


def upload(client: Client, folder: Path) -> str:
    """Return the upload's id."""
    with TemporaryDirectory() as place:
        archive = Path(place, "source.tar.gz")
        told = client.post("/uploads", {"size_bytes": pack(folder, archive).archive_bytes})
        client.upload(told, archive)
    return str(told["upload_id"])


def completed(system: LocalSystem, client: Client, workflow: str) -> dict[str, Any]:
    """Wait for the end of all that runs and return the view; raise NotCompleted."""
    system.wait_idle(ENDS_WITHIN_S)
    view = client.get(f"/workflows/{workflow}")
    if view["status"] != "COMPLETED":
        raise NotCompleted(f"{workflow} is {view['status']}: {view['error']}")
    return view
