"""Differences between two snapshots, as data and in words."""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, NamedTuple

from pydantic import BaseModel

Path = tuple[Hashable, ...]
ABSENT = object()
_WIDTH = 200
_MOST = 6


@dataclass(frozen=True)
class Change:
    """`was` or `now` is ABSENT if the part did not exist, or no longer does.

    `holder` is the place of the part, in words.
    """

    path: Path
    holder: str
    name: str
    was: Any
    now: Any
    copy: int = 1
    """The number of this occurrence, for a value that a list contains several times."""

    @property
    def appeared(self) -> bool:
        return self.was is ABSENT

    @property
    def vanished(self) -> bool:
        return self.now is ABSENT

    def touches(self, other: "Change") -> bool:
        """Whether both concern the same part, or one a part of the other's."""
        shorter = min(len(self.path), len(other.path))
        return self.path[:shorter] == other.path[:shorter]

    def __str__(self) -> str:
        place = f"{self.holder}: " if self.holder else ""
        if self.appeared or self.vanished:
            value = _short(self.now if self.appeared else self.was)
            what = f"{{{self.name}: {value}}}" if self.name else value
            if self.copy > 1:
                return f"{place}{what} is there once {'more' if self.appeared else 'less'}"
            return f"{place}{what} {'is there' if self.appeared else 'is gone'}"
        name = f"{self.name} " if self.name else ""
        return f"{place}{name}was {_short(self.was)} and is {_short(self.now)}"


def differences(was: object, now: object) -> list[Change]:
    """What differs under `==`; descends into mappings, sets, lists, tuples and dataclasses."""
    return list(_compared(was, now, (), ""))


def in_words(changes: Sequence[Change]) -> str:
    shown = [str(change) for change in changes[:_MOST]]
    more = len(changes) - len(shown)
    return "; ".join([*shown, *([f"and {more} more"] if more else [])])


def _compared(was: Any, now: Any, path: Path, place: str) -> Iterator[Change]:
    if was == now:
        return
    found = list(_within(was, now, path, place))
    yield from found or [Change(path, place, "", was, now)]


def _within(was: Any, now: Any, path: Path, place: str) -> Iterator[Change]:
    if isinstance(was, AbstractSet) and isinstance(now, AbstractSet):
        yield from _members(was, now, path, place)
    elif _is_list(was, now):
        yield from _members(_numbered(was), _numbered(now), path, place)
    elif (old := _parts(was)) is not None and (new := _parts(now)) is not None:
        yield from _keys(old, new, path, place, named=isinstance(was, Mapping))


def _keys(
    old: Mapping[Any, Any], new: Mapping[Any, Any], path: Path, place: str, *, named: bool
) -> Iterator[Change]:
    for key in dict.fromkeys([*old, *new]):
        before, after = old.get(key, ABSENT), new.get(key, ABSENT)
        here = (*path, key)
        if before is ABSENT or after is ABSENT or (named and not _is_deep(before, after)):
            if before is ABSENT or after is ABSENT or before != after:
                yield Change(here, place, repr(key), before, after)
        else:
            yield from _compared(before, after, here, _joined(place, key))


def _members(was: Any, now: Any, path: Path, place: str) -> Iterator[Change]:
    """Compare sets by member, and lists by member and number of occurrences."""
    old, new = ({repr(each): each for each in members} for members in (was, now))
    for name in sorted(old.keys() ^ new.keys()):
        member = (old if name in old else new)[name]
        value, copy = member if isinstance(member, _Copy) else (member, 1)
        before, after = (value, ABSENT) if name in old else (ABSENT, value)
        yield Change((*path, name), place, "", before, after, copy)


class _Copy(NamedTuple):
    value: Any
    number: int


def _numbered(members: Sequence[Any]) -> list[_Copy]:
    seen: Counter[str] = Counter()
    copies = []
    for each in members:
        seen[repr(each)] += 1
        copies.append(_Copy(each, seen[repr(each)]))
    return copies


def _is_list(was: Any, now: Any) -> bool:
    """Tuples of different length are compared like lists; those of equal length by position."""
    if isinstance(was, list) and isinstance(now, list):
        return True
    return isinstance(was, tuple) and isinstance(now, tuple) and len(was) != len(now)


def _is_deep(was: Any, now: Any) -> bool:
    both = isinstance(was, AbstractSet | list) and isinstance(now, AbstractSet | list)
    return both or (_parts(was) is not None and _parts(now) is not None)


def _parts(value: Any) -> Mapping[Any, Any] | None:
    if isinstance(value, Mapping):
        return value
    if isinstance(value, BaseModel):
        return dict(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value) if field.compare}
    if isinstance(value, tuple):
        names = getattr(value, "_fields", range(len(value)))
        return dict(zip(names, value, strict=True))
    return None


def _joined(place: str, key: object) -> str:
    if isinstance(key, str) and key.isidentifier():
        return f"{place}.{key}" if place else key
    return f"{place}[{key!r}]"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}…"
