"""State shared by the in-memory engine and registries: images, manifests, accounts, faults."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

from slipway.adapters.memory.images import Images
from slipway.adapters.registry_errors import denied, refused, unreachable
from slipway.containerize.ports import Credentials
from slipway.containerize.reference import host_of
from slipway.saga.errors import Unavailable

ENGINE = "engine"
_SERVER_ERROR = 500


class Hooks(Protocol):
    """Hooks around every effect, such as `push 127.0.0.1:5000/apps/shop:1`; tests raise here."""

    def before(self, effect: str) -> None: ...
    def after(self, effect: str) -> None: ...


class MemoryWorld:
    """One engine and any number of registries.

    Effects: `build <image id>`, `tag`, `untag`, `push` and `set_tag <reference>`,
    `remove <image id>`, `delete <repository>@<digest>`. Fault tests pass `hooks` that raise in
    `before`, so that the effect does not happen, or in `after`, once it has. `accounts` are the
    credentials that registries require, by host. `away` are unreachable hosts; `engine` stands for
    the engine. `broken` are repositories, such as `127.0.0.1:5000/apps/shop`, that return an error.
    """

    def __init__(self, hooks: Hooks | None = None) -> None:
        self.images = Images()
        self.manifests: dict[tuple[str, str], Mapping[str, str]] = {}
        self.tags: dict[tuple[str, str], str] = {}
        self.built: dict[str, datetime] = {}
        self.accounts: dict[str, Credentials] = {}
        self.away: set[str] = set()
        self.broken: set[str] = set()
        self.guard = threading.RLock()
        self._hooks = hooks

    @contextmanager
    def effect(self, what: str) -> Iterator[None]:
        """Hold the lock only for the effect, never while a hook runs."""
        if self._hooks:
            self._hooks.before(what)
        with self.guard:
            yield
        if self._hooks:
            self._hooks.after(what)

    def enter_engine(self) -> None:
        if ENGINE in self.away:
            raise Unavailable(
                "engine_unreachable",
                "no engine responds in this rehearsal",
                fix="make it available again",
            )

    def enter_registry(self, repository: str, credentials: Credentials | None) -> None:
        host = host_of(repository)
        if host in self.away:
            raise unreachable(host, "unavailable in this rehearsal")
        if repository in self.broken:
            raise refused(host, _SERVER_ERROR, f"a request for {repository}")
        if host in self.accounts and self.accounts[host] != credentials:
            raise denied(host, "wrong credentials" if credentials else "it requires credentials")

    def snapshot(self) -> dict[str, Any]:
        """Worlds with the same images, names, manifests and tags have equal snapshots."""
        with self.guard:
            manifests = {key: dict(labels) for key, labels in self.manifests.items()}
            return {**self.images.snapshot(), "manifests": manifests, "tags": dict(self.tags)}
