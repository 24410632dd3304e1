"""Detection logic shared by all languages: version, port, services and environment."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from slipway.containerize.analysis.folder import Found
from slipway.containerize.analysis.model import Conflict, Evidence
from slipway.containerize.analysis.services import services_of
from slipway.containerize.analysis.sources import Signs

PRIVILEGED_BELOW = 1024
MAX_REQUEST = 100


class VersionChoice(NamedTuple):
    line: str
    source: Evidence | None
    conflicts: tuple[Conflict, ...]


class PortChoice(NamedTuple):
    number: int
    source: Evidence | None
    conflicts: tuple[Conflict, ...]


def choose_version(
    requests: Iterable[Found], resolve: Callable[[str], str | None], default: str
) -> VersionChoice:
    """Use the first satisfiable request; unsatisfiable or contradicting ones become conflicts."""
    asked = list(requests)
    lines = [(each, resolve(each.value) if _is_short(each) else None) for each in asked]
    chosen = next(((each, line) for each, line in lines if line), None)
    conflicts = [_unmet(each, default) for each, line in lines if line is None]
    if chosen is None:
        return VersionChoice(default, asked[0].evidence if asked else None, tuple(conflicts))
    source, line = chosen
    for each, other in lines:
        is_exact = each.value.replace(".", "").isdigit()
        if other not in (None, line) and is_exact:
            conflicts.append(
                Conflict(
                    about="version",
                    message=f"{source.value} and {each.value} are both requested; {line} is used",
                    evidence=(source.evidence, each.evidence),
                )
            )
    return VersionChoice(line, source.evidence, tuple(conflicts))


def _is_short(request: Found) -> bool:
    """Bound the length, as parsing a long range is expensive."""
    return len(request.value) <= MAX_REQUEST


def _unmet(request: Found, default: str) -> Conflict:
    asked = request.value[:MAX_REQUEST]
    message = f"no known version satisfies {asked!r}; {default} is used unless another does"
    return Conflict(about="version", message=message, evidence=(request.evidence,))


def choose_port(signs: Signs, flag: Found | None, default: int) -> PortChoice:
    """Use the start command's flag, else the source, else the framework's default.

    A privileged port, which only root can bind, becomes 8080 if the application reads PORT.
    """
    candidates = ([flag] if flag else []) + list(signs.ports)
    if not candidates:
        return PortChoice(default, None, ())
    first = candidates[0]
    number = int(first.value)
    others = sorted({each.value for each in candidates} - {first.value})
    conflicts = []
    if others and not flag:
        message = f"the source also names {', '.join(others)}; {number} is used"
        sources = tuple(each.evidence for each in candidates[:4])
        conflicts.append(Conflict(about="port", message=message, evidence=sources))
    if number < PRIVILEGED_BELOW:
        if signs.reads_port:
            return PortChoice(8080, first.evidence, tuple(conflicts))
        message = f"only root may listen on {number}: read PORT from the environment instead"
        conflicts.append(Conflict(about="port", message=message, evidence=(first.evidence,)))
    return PortChoice(number, first.evidence, tuple(conflicts))


def evidence_of(*groups: Evidence | Found | Iterable[Found] | None) -> tuple[Evidence, ...]:
    """Return each piece of evidence once, in order."""
    return tuple(dict.fromkeys(_flat(groups)))


def _flat(groups: Iterable[Evidence | Found | Iterable[Found] | None]) -> Iterator[Evidence]:
    for group in groups:
        if isinstance(group, Evidence):
            yield group
        elif isinstance(group, Found):
            yield group.evidence
        elif group is not None:
            yield from (each.evidence for each in group)


class Needs(NamedTuple):
    services: tuple[str, ...]
    environment: tuple[str, ...]
    health_path: str | None
    evidence: tuple[Evidence, ...]


def needs_of(signs: Signs, dependencies: Iterable[Found]) -> Needs:
    services = services_of(dependencies)
    return Needs(
        services=tuple(services),
        environment=tuple(signs.environment),
        health_path=signs.health.value if signs.health else None,
        evidence=evidence_of(services.values(), signs.environment.values(), signs.health),
    )
