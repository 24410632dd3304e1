"""The bench with the command before it: requests come in by the door, and all is searched."""

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from tests.faults.rig import OWNER, a_request
from tests.unit.steps.bench import Bench

from commands.containerize import containerize
from slipway import wiring
from slipway.accounts.memory import MemoryAccounts
from slipway.adapters.memory.world import Hooks
from slipway.containerize.ports import Manifest, ObjectRef
from slipway.containerize.snapshots import SnapshotStore
from slipway.cqrs.request import Call
from slipway.saga import Runner
from slipway.saga.memory import MemoryStore
from slipway.saga.store import Change
from slipway.settings import Settings
from steps import PLAN

MARKER = "m4rk-0f-anna's $HOME"
"""Nowhere else in the world; with what JSON, programs and Kubernetes write in their own way."""
SECRETS = {"DB_PASSWORD": MARKER, "DB_URL": f"postgres://anna:{quote(MARKER)}@db/shop"}
ENV = {**SECRETS, "TEA": "assam"}
_SPELLINGS = ("m4rk-0f-anna", base64.b64encode(MARKER[:12].encode()).decode())
DEPLOYMENT = ObjectRef("apps/v1", "Deployment", "shop", "shop")


class Recalling(MemoryStore):
    """Everything that was ever written into it."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[Change] = []

    def commit(self, change: Change) -> None:
        super().commit(change)
        self.written.append(change)


class Vault(Bench):
    def __init__(self, hooks: Hooks | None = None) -> None:
        super().__init__(hooks)
        self.store = self.table = Recalling()
        self.runner = Runner(PLAN, self.table, tasks=lambda: self.callbacks)
        self.forget_all()

    def forget_all(self) -> None:
        """The process ends, and another one goes on."""
        self.keepsakes = SnapshotStore(self.workspace)
        self.instead["keepsakes"] = self.keepsakes

    def ask(self, key: str = "k", **request: Any) -> str:
        """At the door, as over HTTP; answers the workflow's id."""
        with self.wired():
            accepted = containerize(
                a_request(**request),
                Call(OWNER, key),
                store=self.store,
                accounts=MemoryAccounts(),
                workspace=self.workspace,
                target=wiring.target(),
                settings=Settings(),
            )
        return accepted.workflow_id

    def secret_of(self, workflow_id: str) -> ObjectRef:
        name = self.record("generate_manifests", workflow_id).outputs["env_secret"]
        return ObjectRef("v1", "Secret", name, "shop")

    def found(self, ref: ObjectRef) -> Manifest:
        there = self.cluster.read(ref)
        assert there is not None, ref
        return there

    def tellers(self) -> set[str]:
        """Where the marker stands: in the table, in objects of the bucket, or in the cluster."""
        return {place for place, text in self._texts() if any(s in text for s in _SPELLINGS)}

    def _texts(self) -> Iterator[tuple[str, str]]:
        """The table as ever written: what was overwritten is still in its stream and backups."""
        for change in self.table.written:
            yield "table", repr(change)
            yield "events", "".join(event.model_dump_json() for event in change.events)
        for key in self.workspace.keys("workflows/"):
            yield key, self.workspace.get(key).decode(errors="replace")
        for name, manifest in self.cluster.snapshot().items():
            yield name, json.dumps(manifest)
