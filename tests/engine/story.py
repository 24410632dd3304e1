"""One application and what a client does with it, on the whole system and the real engines.

A look at the world is narrowed to what could be the story's: things with its name or with the label
of one of its workflows, and what has neither name nor label, as a careless build leaves it. Other
work on the same engines, and base images that a build pulls, are not told apart by anything else.
"""

import threading
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.engines.world import UNTAGGED, Thing, World

from slipway.containerize.archive import pack
from slipway_local.cli.client import Client
from slipway_local.system import LocalSystem

APPS = Path(__file__).parents[1] / "apps"
ENDS_WITHIN_S = 300
LOOKS_EVERY_S = 0.1

View = dict[str, Any]


@dataclass
class Story:
    """`name` is nobody else's: the application's and the namespace's."""

    name: str
    system: LocalSystem
    client: Client
    _look: Callable[[], World]
    workflows: list[str] = field(default_factory=list)

    def ask(self, folder: Path, **more: Any) -> str:
        """Upload the folder and ask for its service; `more` is the rest of the request."""
        with TemporaryDirectory() as place:
            archive = Path(place, "source.tar.gz")
            size = pack(folder, archive).archive_bytes
            upload = self.client.post("/uploads", {"size_bytes": size})
            self.client.upload(upload, archive)
        app = {"name": self.name, "namespace": self.name, **more.pop("app", {})}
        body = {"source": {"upload_id": upload["upload_id"]}, "app": app, **more}
        accepted = self.client.post("/workflows", body)
        self.workflows.append(accepted["workflow_id"])
        return str(accepted["workflow_id"])

    def view(self, workflow: str) -> View:
        return self.client.get(f"/workflows/{workflow}", min_version=1)

    def end(self, workflow: str) -> View:
        assert self.system.wait_idle(ENDS_WITHIN_S), self.view(workflow)
        return self.view(workflow)

    def run(self, folder: Path, **more: Any) -> View:
        return self.end(self.ask(folder, **more))

    def ask_to_stop(self, workflow: str) -> None:
        self.client.post(f"/workflows/{workflow}/cancel", {"reason": "closing time"})

    def cancel(self, workflow: str) -> View:
        self.ask_to_stop(workflow)
        return self.end(workflow)

    def roll_back(self, workflow: str) -> View:
        self.client.post(f"/workflows/{workflow}/rollback", {"reason": "it was a mistake"})
        return self.end(workflow)

    def look(self) -> World:
        return self._look()

    def changes(self, before: World) -> list[str]:
        """What is different now, of what could be this story's."""
        return changes(before, self._look(), self.name, self.workflows)


def changes(before: World, after: World, place: str, workflows: Collection[str]) -> list[str]:
    """What is different, of what could be theirs."""
    return part_of(before, place, workflows).changes(part_of(after, place, workflows))


def part_of(world: World, place: str, workflows: Collection[str]) -> World:
    """What could be theirs."""

    def belongs(name: str, thing: Thing) -> bool:
        if place in f"{name} {thing.likeness}" or thing.workflow in workflows:
            return True
        nameless = thing.likeness == UNTAGGED or name.startswith(("container ", "volume "))
        return nameless and thing.workflow is None

    return world.part(belongs)


def told(story: Story, workflow: str) -> set[str]:
    """The kinds of events so far."""
    assert story.view(workflow)
    items = story.client.get(f"/workflows/{workflow}/timeline")["items"]
    return {item["type"].removeprefix("slipway.") for item in items}


def is_at_work(story: Story, workflow: str, name: str) -> bool:
    steps = story.view(workflow)["steps"]
    return any(step["name"] == name and step["status"] == "INTENT" for step in steps)


def assert_undone(view: View, step: str, codes: Iterable[str]) -> None:
    """The workflow failed where it should, and says that nothing is left of it."""
    assert view["status"] == "COMPENSATED", view
    assert view["error"]["step"] == step, view["error"]
    assert view["error"]["code"] in codes, view["error"]
    assert view["receipt"]["clean"], view["receipt"]


def wait_until(condition: Callable[[], bool], within_s: float = 60) -> None:
    pause, end = threading.Event(), time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end, f"not so after {within_s} s"
        pause.wait(LOOKS_EVERY_S)
