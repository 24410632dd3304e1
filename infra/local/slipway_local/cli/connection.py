"""Choose the system of a command: at SLIPWAY_URL, a running `slipway up`, or one it starts."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING, NoReturn

from slipway.settings import InvalidSettings, Settings
from slipway_local.cli.answers import shown
from slipway_local.cli.client import Client, Place
from slipway_local.cli.exits import CliError, Exit, tell
from slipway_local.cli.output import Output, plain

if TYPE_CHECKING:
    from slipway_local.system import LocalSystem, Options

_NAMED = 3
STATE_FIX = "set SLIPWAY_STATE to a writable folder"
_OTHERS_BEGIN_TO_SHOW_S, _OTHERS_END_WITHIN_S = 2.0, 900.0


def read_settings() -> Settings:
    try:
        return Settings.read(os.environ)
    except InvalidSettings as error:
        raise CliError(Exit.BAD_INPUT, str(error), code="invalid_settings") from None


@contextmanager
def connected(
    output: Output, *, may_start: bool = False, may_read: bool = False
) -> Iterator[Client]:
    """Yield a client of the chosen system. Raises CliError.

    If no system is running: `may_start` runs the local system in this process for the block;
    `may_read` serves the stored state read-only.
    """
    settings = read_settings()
    if may_start and not settings.url:
        from slipway_local.cli.sharing import shared

        with shared(settings, output) as client:
            yield client
    elif place := running_place(settings):
        with closing(client_of(place)) as client:
            if may_start:
                _tell_kind(client, output)
            yield client
    elif may_read and _has_kept(settings):
        with _shown(settings, output) as own:
            yield own
    else:
        raise CliError(
            Exit.UNREACHABLE,
            "no local system is running" + (", and there is no stored state" if may_read else ""),
            fix="start one with `slipway up`, or set SLIPWAY_URL",
            code="not_running",
        )


def _tell_kind(client: Client, output: Output) -> None:
    from slipway_local.cli.worlds import kind_line

    rehearsal = bool(client.get("/health")["rehearsal"])
    output.note(plain(kind_line(shown(client.url), rehearsal=rehearsal)))


def running_place(settings: Settings) -> Place | None:
    """Return the system at SLIPWAY_URL, or the one running on the state folder. Raises CliError."""
    if settings.url:
        return Place(settings.url, settings.token)
    from slipway_local.state import NoFolder, Unannounced, running_system

    try:
        found = running_system(settings)
    except NoFolder as error:
        raise _no_state(error) from None
    except Unannounced as error:
        fix = "restart that system"
        raise CliError(Exit.UNREACHABLE, str(error), fix=fix, code="state_unusable") from None
    return Place(found.url, found.token, acts_on=found.acts_on) if found else None


def client_of(place: Place) -> Client:
    """Raises CliError for an invalid URL or token."""
    try:
        return Client(place.url, place.token)
    except ValueError:
        fix = "give a URL, such as https://slipway.example.com"
        raise CliError(Exit.BAD_INPUT, "SLIPWAY_URL is not a URL", fix=fix) from None


@contextmanager
def started(settings: Settings, options: "Options | None" = None) -> Iterator["LocalSystem"]:
    """Run the local system in this process. Raises CliError if it cannot start."""
    from slipway_local.engines.probe import Unreachable
    from slipway_local.front.server import PortTaken
    from slipway_local.kept.file import Unusable
    from slipway_local.kept.store import OtherWorld
    from slipway_local.layout import NotInstalledWhole
    from slipway_local.state import AlreadyRunning, NoFolder
    from slipway_local.system import LocalSystem, Options
    from slipway_local.template.errors import TemplateError

    with ExitStack() as stack:
        try:
            system = stack.enter_context(LocalSystem(settings, options or Options()))
        except NoFolder as error:
            raise _no_state(error) from None
        except Unreachable as error:
            raise CliError(
                Exit.UNREACHABLE, str(error), fix=error.fix, code="unreachable"
            ) from None
        except (PortTaken, AlreadyRunning) as error:
            raise CliError(Exit.REFUSED, str(error), code="already_running") from None
        except Unusable as error:
            raise CliError(Exit.UNREACHABLE, str(error), code="state_unusable") from None
        except (NotInstalledWhole, TemplateError) as error:
            raise CliError(Exit.DEFECT, str(error), code="not_installed_whole") from None
        except OtherWorld as error:
            raise CliError(Exit.REFUSED, str(error), code="interrupted_elsewhere") from None
        yield system


def _no_state(error: Exception) -> CliError:
    return CliError(Exit.BAD_INPUT, str(error), fix=STATE_FIX, code="state_unusable")


@contextmanager
def own_system(settings: Settings, output: Output) -> Iterator[Place]:
    """Run a system in this process until the workflows of other commands have finished too.

    Raises CliError.
    """
    with started(settings) as system:
        tell_start(system, output)
        try:
            try:
                yield Place(system.url, system.token, ends_with_us=True)
            except Exception:  # a refused command must not stop what others run here
                _wait_for_others(system, output)
                raise
            _wait_for_others(system, output)
        except KeyboardInterrupt:
            if system.wait_idle(0):
                raise
            leave()


def _wait_for_others(system: "LocalSystem", output: Output) -> None:
    if system.wait_idle(_OTHERS_BEGIN_TO_SHOW_S):
        return
    output.note("waiting for workflows of other commands; Ctrl-C leaves them to the next system")
    if not system.wait_idle(_OTHERS_END_WITHIN_S):
        leave()


def leave() -> NoReturn:
    """Exit immediately, as if the process were killed.

    The state folder has all that the next system needs. An orderly shutdown would stop services
    that running steps use, and the steps would record those failures.
    """
    tell(
        CliError(
            Exit.INTERRUPTED,
            "interrupted; its work is not undone yet",
            fix="run `slipway up`, `slipway deploy` or `slipway sweep` to undo it",
            code="interrupted",
        )
    )
    sys.stdout.flush()
    os._exit(Exit.INTERRUPTED)


def tell_start(system: "LocalSystem", output: Output) -> None:
    for line in system.rehearsal_lines:
        output.note(line)
    if system.interrupted:
        output.note(f"rescuing interrupted executions: {_some(system.interrupted)}")


def _some(names: Sequence[str]) -> str:
    """Return the number of names, and the first three."""
    more = ", …" if len(names) > _NAMED else ""
    return f"{len(names)} ({', '.join(names[:_NAMED])}{more})"


def _has_kept(settings: Settings) -> bool:
    from slipway_local.kept.store import exists
    from slipway_local.state import state_folder

    return exists(state_folder(settings))


@contextmanager
def _shown(settings: Settings, output: Output) -> Iterator[Client]:
    from slipway_local.engines.probe import Rehearsal
    from slipway_local.system import Options

    with started(settings, Options(reading=True, rehearsal=Rehearsal())) as system:
        if system.interrupted:
            output.note(f"interrupted, to be rescued by `slipway up`: {_some(system.interrupted)}")
        client = Client(system.url, system.token)
        try:
            yield client
        finally:
            client.close()
