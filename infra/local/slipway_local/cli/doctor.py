"""`slipway doctor`: check the engine, registry, cluster, scanner, credentials and state."""

import shutil
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from slipway.saga.errors import StepError, Unavailable
from slipway.settings import Settings
from slipway.wiring import credentials
from slipway_local.cli.connection import STATE_FIX, read_settings
from slipway_local.cli.exits import Exit
from slipway_local.cli.findings import Finding
from slipway_local.cli.output import Output, columns
from slipway_local.cli.systems import systems
from slipway_local.engines.probe import Part, Rehearsal, parts, stood_in
from slipway_local.kept.file import Unusable, check_room
from slipway_local.kept.store import exists, kept_in
from slipway_local.state import NoFolder, usable_folder

_BAD = ("unreachable", "unusable")


def doctor(output: Output) -> Exit:
    settings = read_settings()
    findings = examined(parts(settings))
    findings += [_scanner(settings), _credentials(settings), _state(settings)]
    places = list(systems(settings))
    states = {f.state for f in findings} | {place.state for place in places}
    report = {
        "ok": states.isdisjoint(_BAD),
        "rehearsal": any(f.state == "rehearsal" for f in findings),
        "parts": [asdict(f) for f in findings],
        "systems": [asdict(place) for place in places],
    }
    output.show(report, *_lines(report))
    if "unreachable" in states:
        return Exit.UNREACHABLE
    return Exit.DONE if report["ok"] else Exit.BAD_INPUT


def examined(found: tuple[Part, Part, Part]) -> list[Finding]:
    """Report whether engine, registry and cluster, or stand-ins, would be used, and why."""
    rehearsal = _rehearsal(found)
    return [_engine_part(part, rehearsal) for part in found]


def _rehearsal(found: tuple[Part, Part, Part]) -> Rehearsal:
    """Return the stand-ins; none if a configured part is unreachable: no system would start."""
    refused = any(part.missing and part.setting for part in found)
    return Rehearsal() if refused else stood_in(*found)


def _engine_part(part: Part, rehearsal: Rehearsal) -> Finding:
    if part.missing is None and part.name in rehearsal.parts:
        why = "; ".join(rehearsal.reasons)
        detail = f"{part.where} responds, but a stand-in in memory would be used: {why}"
        return Finding(part.name, "rehearsal", detail, "fix that to use it")
    if part.missing is None:
        return Finding(part.name, "ok", part.where)
    if part.setting:
        return Finding(part.name, "unreachable", part.missing, part.fix)
    return Finding(part.name, "rehearsal", part.missing, part.fix)


def _scanner(settings: Settings) -> Finding:
    if settings.scanner == "none":
        return Finding("scanner", "missing", "SLIPWAY_SCANNER=none: images are not scanned")
    found = shutil.which("trivy")
    if found:
        return Finding("scanner", "ok", found)
    state = "unreachable" if settings.scanner == "trivy" else "missing"
    return Finding("scanner", state, "no trivy: images are not scanned", "install trivy")


def _credentials(settings: Settings) -> Finding:
    if not settings.registry:
        return Finding("credentials", "missing", "no registry is set", "set SLIPWAY_REGISTRY")
    try:
        who = credentials().for_repository(f"{settings.registry}/any")
    except StepError as error:
        state = "unreachable" if isinstance(error, Unavailable) else "unusable"
        return Finding("credentials", state, error.message, error.fix)
    host = settings.registry.partition("/")[0]
    if who is None:
        return Finding("credentials", "ok", f"none for {host}: requests are anonymous")
    return Finding("credentials", "ok", f"{who.username or 'a token'} for {host}")


def _state(settings: Settings) -> Finding:
    try:
        folder = usable_folder(settings)
        if exists(folder):
            with kept_in(folder, reading=True):
                check_room(folder)
    except NoFolder as error:
        return Finding("state", "unusable", str(error), STATE_FIX)
    except Unusable as error:  # the message includes the fix
        return Finding("state", "unusable", str(error))
    return Finding("state", "ok", str(folder))


def _lines(report: Mapping[str, Any]) -> list[str]:
    rows = (
        (f["state"], f["part"], f["detail"], f["fix"] or "")
        for f in (*report["parts"], *report["systems"])
    )
    return columns(("state", "part", "what", "what to do"), rows)
