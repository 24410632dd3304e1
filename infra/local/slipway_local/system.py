"""The whole system in one process, built from the template and served at a URL."""

import os
import secrets
import socket
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from slipway.settings import Settings
from slipway_local.activity import Activity
from slipway_local.aws import aws_variables, draw_keys, environment, local_aws
from slipway_local.engines.probe import Rehearsal, acts_on, look, world
from slipway_local.engines.stand_ins import stand_ins
from slipway_local.front.server import HOST, listening
from slipway_local.functions.logs import Logs, divided_output
from slipway_local.functions.records import recorded
from slipway_local.kept.executions import RUNNING
from slipway_local.kept.store import Kept, kept_in
from slipway_local.layout import Layout, find_layout
from slipway_local.quiet import logged_to
from slipway_local.state import Running, announced, only_one, state_folder
from slipway_local.template.errors import TemplateError
from slipway_local.template.model import System
from slipway_local.template.reading import read_system
from slipway_local.variables import handler_variables

IDLE_WITHIN_S = 60.0
MB = 1_000_000


@dataclass(frozen=True)
class Options:
    """`reading`: show the stored state without changing it, also while another system runs on it.

    `ports` replace adapters that the wiring would build; `retry_scale` shortens the waits of the
    state machine, for tests.
    """

    port: int = 0
    reading: bool = False
    ports: Mapping[str, object] | None = None
    rehearsal: Rehearsal | None = None
    retry_scale: float = 1.0
    layout: Layout | None = None


class LocalSystem:
    """Use as a context manager. Only one per process, as it sets environment variables.

    Entering raises Unreachable, PortTaken, AlreadyRunning, Unusable, OtherWorld, TemplateError or
    NotInstalledWhole.
    """

    url: str
    token: str
    rehearsal: Rehearsal
    interrupted: tuple[str, ...]
    """Names of the executions that were running when the last system died."""

    def __init__(self, settings: Settings, options: Options = Options()) -> None:
        self._settings, self._options = settings, options
        self._stack = ExitStack()
        self.activity = Activity()
        self.logs = Logs(state_folder(settings) / "logs")

    @property
    def rehearsal_lines(self) -> tuple[str, ...]:
        """Lines to print first; empty when everything is real."""
        line = self.rehearsal.line
        return (line, *self.rehearsal.reasons) if line else ()

    def wait_idle(self, timeout_s: float = IDLE_WITHIN_S) -> bool:
        """Wait until nothing runs or is pending; a step that waits for a person does not count.

        Returns False if something still does after that time.
        """
        return self.activity.wait_idle(timeout_s)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._start(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def _start(self, stack: ExitStack) -> None:
        options = self._options
        folder = state_folder(self._settings)
        if not options.reading:
            stack.enter_context(only_one(self._settings))
        kept = stack.enter_context(kept_in(folder, reading=options.reading))
        self.rehearsal = look(self._settings) if options.rehearsal is None else options.rehearsal
        self._world = {} if options.reading else world(self._settings, self.rehearsal)
        if not options.reading:
            kept.belongs_to(self._world)
        self.interrupted = tuple(each.name for each in kept.executions.of_status(RUNNING))
        listener = stack.enter_context(listening(options.port))
        self.url, self.token = f"http://{HOST}:{listener.getsockname()[1]}", secrets.token_urlsafe()
        layout = options.layout or find_layout()
        system = read_system(layout.template, {"Stage": "local"})
        self._assemble(stack, layout, system, listener, kept)
        if not options.reading:
            where = acts_on(self._settings, self.rehearsal)
            running = Running(self.url, self.token, os.getpid(), where)
            stack.enter_context(announced(folder, running))

    def _assemble(
        self,
        stack: ExitStack,
        layout: Layout,
        system: System,
        listener: socket.socket,
        kept: Kept,
    ) -> None:
        keys = draw_keys()
        handlers = self._variables(system, kept.instance())
        stack.enter_context(divided_output())
        stack.enter_context(recorded())
        stack.enter_context(logged_to(self.logs.folder / "local-aws.log"))
        stack.enter_context(layout.importable())
        stack.enter_context(environment(handlers | aws_variables(keys, self.url)))
        stack.enter_context(local_aws())
        from slipway_local.assembly import Parts, assembled  # noqa: PLC0415  (imports moto)

        parts = Parts(
            system=system,
            listener=listener,
            hosts=_hosts(self.url),
            token=self.token,
            keys=keys,
            upload_limit_bytes=self._settings.source_max_mb * MB,
            ports={**stand_ins(self.rehearsal), **(self._options.ports or {})},
            activity=self.activity,
            logs=self.logs,
            kept=kept,
            warm=not (self.rehearsal or self._options.reading),
            reading=self._options.reading,
            retry_scale=self._options.retry_scale,
        )
        stack.enter_context(assembled(parts))

    def _variables(self, system: System, instance: str) -> dict[str, str | None]:
        try:
            template = system.environment()
        except ValueError as error:
            raise TemplateError(str(error)) from error
        return handler_variables(template, self._settings, self.rehearsal, instance, self._world)


def _hosts(url: str) -> frozenset[str]:
    host = url.removeprefix("http://")
    return frozenset({host, f"localhost:{host.rpartition(':')[2]}"})
