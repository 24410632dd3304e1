"""All that one state folder keeps, opened together."""

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


class OtherWorld(Exception):  # noqa: N818  (named by the condition)
    """What was interrupted elsewhere cannot be undone here; the sentence says what to do."""


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
        """Note where workflows act: engine and cluster, in words.

        Raises OtherWorld when some that were interrupted acted elsewhere: a rescue would look for
        their leftovers here, and truthfully find none. What an earlier version noted, as `world`,
        named a file instead of a cluster: that is not compared.
        """
        words = ", ".join(f"{part} {place}" for part, place in world.items())
        known = self.file.rows("SELECT value FROM about WHERE name = 'acts on'")
        if known == [(words,)]:
            return
        if known and self.unfinished:
            raise OtherWorld(
                f"workflows were interrupted that act on {known[0][0]}, not on {words}: "
                f"{_start_there(known[0][0])}, or set SLIPWAY_STATE to another folder"
            )
        with self.file.change() as file:
            file.execute("INSERT OR REPLACE INTO about VALUES ('acts on', ?)", (words,))

    def instance(self) -> str:
        """The name of this installation, drawn with the file and gone with it.

        What was made under another name, or under none, is not ours to judge: a system without its
        history must not take services that run for forgotten ones.
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
    """What brings a system there. An engine in memory is had by naming no registry."""
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
