"""Open all stores of a state folder together."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from slipway_local.kept.executions import RUNNING, KeptExecutions
from slipway_local.kept.file import NAME, KeptFile
from slipway_local.kept.objects import KeptObjects
from slipway_local.kept.outbox import KeptDeliveries, KeptMessages
from slipway_local.kept.tables import KeptTables


class OtherWorld(Exception):  # noqa: N818  (named after the condition)
    """Workflows that were interrupted elsewhere cannot be undone here; the message has a fix."""


@dataclass(frozen=True)
class Kept:
    reading: bool
    file: KeptFile
    tables: KeptTables
    deliveries: KeptDeliveries
    messages: KeptMessages
    objects: KeptObjects
    executions: KeptExecutions

    def belongs_to(self, world: Mapping[str, str]) -> None:
        """Record where workflows act: the engine and the cluster, as text.

        Raises OtherWorld when interrupted workflows acted elsewhere: their rescue would look for
        leftovers here, and find none. The `world` that an earlier version recorded named a file
        instead of a cluster, and is not compared.
        """
        words = ", ".join(f"{part} {place}" for part, place in world.items())
        known = self.file.rows("SELECT value FROM about WHERE name = 'acts on'")
        if known == [(words,)]:
            return
        if known and self.unfinished:
            raise OtherWorld(
                f"interrupted workflows act on {known[0][0]}, not on {words}: "
                f"{_start_there(known[0][0])}, or set SLIPWAY_STATE to another folder"
            )
        with self.file.change() as file:
            file.execute("INSERT OR REPLACE INTO about VALUES ('acts on', ?)", (words,))

    def instance(self) -> str:
        """Return the name of this installation, which is generated once per state file.

        Resources labelled with another name, or none, are left alone: a system without its history
        must not take running services for orphans.
        """
        if known := self.file.rows("SELECT value FROM about WHERE name = 'instance'"):
            return str(known[0][0])
        drawn = f"local-{secrets.token_hex(8)}"
        if not self.reading:
            with self.file.change() as file:
                file.execute("INSERT INTO about VALUES ('instance', ?)", (drawn,))
        return drawn

    @property
    def unfinished(self) -> bool:
        pending = "SELECT 1 FROM changes UNION ALL SELECT 1 FROM deliveries LIMIT 1"
        return bool(self.executions.of_status(RUNNING) or self.file.rows(pending))


def _start_there(words: str) -> str:
    """Return how to start a system there. The engine is in memory when no registry is set."""
    if words.startswith("engine in memory"):
        return "start once with SLIPWAY_REGISTRY unset, as a rehearsal"
    return "start once with DOCKER_HOST, KUBECONFIG and SLIPWAY_REGISTRY as they were"


def exists(folder: Path) -> bool:
    return (folder / NAME).exists()


@contextmanager
def kept_in(folder: Path, *, reading: bool = False) -> Iterator[Kept]:
    """Raises Unusable."""
    with closing(KeptFile(folder / NAME, reading=reading)) as file:
        yield Kept(
            reading,
            file,
            KeptTables(file),
            KeptDeliveries(file),
            KeptMessages(file),
            KeptObjects(file),
            KeptExecutions(file),
        )
