"""The steps as a subject of the kit: in each of the worlds that they may find."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.faults.rig import BEHAVIOURS, Rig, a_request
from tests.faults.verdicts import check_events
from tests.faults.worlds import MARKER, ME, WORLDS

from slipway.adapters.memory.world import Hooks
from slipway.containerize import inspection
from slipway.containerize.secret_settings import keep, split_secrets
from slipway.containerize.workspace_keys import is_private
from slipway.messages.events import Event
from slipway.saga import Saga, WorkflowRecord
from slipway.saga.finish import Inspector
from slipway.saga.testing import Subject
from steps import PLAN


class Pipeline:
    """A world of the kit: what is there before, and the ports of the wiring on stand-ins."""

    def __init__(self, world: str, hooks: Hooks | None = None) -> None:
        self.rig = Rig(hooks)
        self._mark: str | None = None
        self.request: dict[str, Any] = WORLDS[world](self.rig)
        self.ports: Mapping[str, object] = self.rig.ports

    def snapshot(self) -> dict[str, Any]:
        """At any moment of any cell: a secret is where it has to be, and nowhere else."""
        if "env" in self.request.get("app", {}):
            assert not (told := sorted(self._tellers())), f"a secret stands in {told}"
        return self.rig.world(ME)

    def meanwhile(self) -> None:
        """Builds go on outside."""
        if self.rig.outside:
            self.rig.outside.pass_time()

    def accepted(self, record: WorkflowRecord) -> WorkflowRecord:
        """As the command: what is secret lies apart. Of other workflows than ours it is no part."""
        app = record.request["app"]
        env, hidden = split_secrets(app["env"])
        request = {**record.request, "app": {**app, "env": env}}
        if record.workflow_id == ME and self._mark is None:
            self._mark = keep(self.rig.workspace, ME, hidden)
        mark = self._mark if record.workflow_id == ME else None
        return record.model_copy(update={"request": request, "sealed": mark})

    def _tellers(self) -> Iterator[str]:
        """Also the logs and reports that a rollback keeps."""
        workspace = self.rig.workspace
        for key in workspace.keys(""):
            if not is_private(ME, key) and tells(workspace.get(key).decode(errors="replace")):
                yield key
        for name, found in self.rig.cluster.snapshot().items():
            if not str(name).startswith("secret:") and tells(str(found)):
                yield str(name)
        if tells(str(self.rig.images.snapshot())):
            yield "an image"


def subject(world: str, hooks: Hooks | None = None, **further: Any) -> Subject:
    return Subject(
        plan=PLAN,
        steps=BEHAVIOURS,
        world=lambda: Pipeline(world, hooks),
        request=_request,
        inspectors=_inspectors,
        also=_check_records,
        accept=Pipeline.accepted,
        **further,
    )


def _request(world: Pipeline) -> dict[str, Any]:
    return a_request(**world.request).model_dump(mode="json")


def _check_records(saga: Saga, events: Sequence[Event]) -> None:
    check_events(saga, events)
    assert not tells(saga.model_dump_json()), "a secret stands in the table"
    assert not any(tells(event.model_dump_json()) for event in events), "a secret is told"


def tells(text: str) -> bool:
    """As it is, or as Kubernetes writes it in a Secret."""
    return MARKER in text or b64encode(MARKER.encode()).decode().rstrip("=") in text


def _inspectors(world: Pipeline) -> Sequence[Inspector]:
    rig = world.rig
    return (
        inspection.of_engine(lambda: rig.engine),
        inspection.of_registry(lambda: rig.registry),
        inspection.of_cluster(lambda: rig.cluster),
        inspection.of_workspace(lambda: rig.workspace),
    )


SUBJECTS = {world: subject(world) for world in WORLDS}
