"""Find the systems that commands would use, and check whether they respond."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from slipway.settings import Settings
from slipway_local.cli.answers import shown
from slipway_local.cli.client import Place
from slipway_local.cli.connection import client_of, running_place
from slipway_local.cli.exits import CliError, Exit
from slipway_local.cli.findings import Finding
from slipway_local.cli.worlds import RUNNING, kind_line, world_lines

NAMED, OURS = "SLIPWAY_URL", "running system"
_MEND = "restart that system"


@dataclass(frozen=True)
class System(Finding):
    """`rehearsal` is None if not known."""

    url: str | None = None
    rehearsal: bool | None = None


def systems(settings: Settings) -> Iterator[System]:
    """Yield the system at SLIPWAY_URL, if set, and the one on the state folder."""
    if settings.url:
        fix = "start it, or correct SLIPWAY_URL; unset it to use the state folder's system"
        yield _asked(NAMED, Place(settings.url, settings.token), fix)
    yield _on_the_folder(settings.model_copy(update={"url": None}))


def _on_the_folder(settings: Settings) -> System:
    try:
        place = running_place(settings)
    except CliError as stop:
        return System(OURS, "unusable", stop.message, stop.fix)
    if place is None:
        fix = "`slipway up` starts one; without it, `slipway deploy` runs its own"
        return System(OURS, "missing", "none is running on the state folder", fix)
    return _asked(OURS, place, _MEND)


def _asked(part: str, place: Place, fix: str) -> System:
    url = shown(place.url)
    try:
        with closing(client_of(place)) as client:
            rehearsal = bool(client.get("/health")["rehearsal"])
    except CliError as stop:
        said = stop.message if url in stop.message else f"{url}: {stop.message}"
        if stop.exit_code is Exit.UNREACHABLE:
            return System(part, "unreachable", said, fix, url)
        return System(part, "unusable", said, stop.fix, url)
    world = list(world_lines(place.acts_on, RUNNING)) or [kind_line(url, rehearsal=rehearsal)]
    return System(part, "ok", "; ".join((f"{url} responds", *world)), None, url, rehearsal)
