"""The file says clearly when it cannot be used, and is never begun anew in silence."""

import errno
import os
import sqlite3
import time
from pathlib import Path

import pytest

from slipway_local.kept.executions import KeptExecution
from slipway_local.kept.file import NAME, Unusable
from slipway_local.kept.schema import SCHEMA
from slipway_local.kept.store import OtherWorld, kept_in
from slipway_local.kept.tables import Write

KEY = ("notes", '{"S": "a"}', "")
HERE = {"engine": "unix:///a", "cluster": "https://a:6443"}
THERE = {**HERE, "cluster": "https://b:6443"}


def execution(status: str) -> KeptExecution:
    return KeptExecution("arn:1", "arn:machine", "wf_1", "{}", status, 1.0)


def test_only_the_user_may_read_it(tmp_path: Path) -> None:
    with kept_in(tmp_path) as kept:
        kept.tables.save([Write(KEY, "{}")], [])
        modes = {each.name: each.stat().st_mode & 0o777 for each in tmp_path.iterdir()}

    assert set(modes.values()) == {0o600}
    assert NAME in modes


def test_a_newer_format_is_refused_by_name(tmp_path: Path) -> None:
    with kept_in(tmp_path) as kept, kept.file.change() as file:
        file.execute("PRAGMA user_version = 99")

    with pytest.raises(Unusable, match="format 99") as refused, kept_in(tmp_path):
        pass
    assert str(tmp_path / NAME) in str(refused.value)


@pytest.mark.parametrize("content", [b"not a database, by far" * 100, b"SQLite format 3\0" * 300])
def test_a_damaged_file_is_refused_and_stays_as_it_is(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)

    with pytest.raises(Unusable, match="damaged") as refused, kept_in(tmp_path):
        pass

    assert str(tmp_path / NAME) in str(refused.value)
    assert (tmp_path / NAME).read_bytes() == content


def test_an_emptied_file_is_refused_and_its_log_stays_as_it_is(tmp_path: Path) -> None:
    with kept_in(tmp_path) as kept:
        kept.tables.save([Write(KEY, "{}")], [])
        wal = (tmp_path / f"{NAME}-wal").read_bytes()
    (tmp_path / NAME).write_bytes(b"")
    (tmp_path / f"{NAME}-wal").write_bytes(wal)

    for reading in (False, True):
        with (
            pytest.raises(Unusable, match="is empty") as refused,
            kept_in(tmp_path, reading=reading),
        ):
            pass

    assert str(tmp_path / NAME) in str(refused.value)
    assert (tmp_path / f"{NAME}-wal").read_bytes() == wal


@pytest.mark.parametrize("statements", range(len(SCHEMA)))
def test_a_death_while_it_is_made_leaves_none_and_the_next_makes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statements: int
) -> None:
    dies = (*SCHEMA[:statements], "SELECT no_such_function()")
    with monkeypatch.context() as patch:
        patch.setattr("slipway_local.kept.file.SCHEMA", dies)
        with pytest.raises(Unusable), kept_in(tmp_path):
            pass
    assert not (tmp_path / NAME).exists()
    (tmp_path / f"{NAME}.new").write_bytes(b"half of it")

    with kept_in(tmp_path) as kept:
        kept.tables.save([Write(KEY, "{}")], [])
    assert [each.name for each in tmp_path.iterdir()] == [NAME]


def test_where_there_is_no_room_nothing_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with kept_in(tmp_path) as kept:
        kept.tables.save([Write(KEY, "{}")], [])

    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(Unusable, match="free some space on its disk"), kept_in(tmp_path):
        pass
    with kept_in(tmp_path, reading=True) as kept:
        assert kept.tables.hash_keys("notes")
    assert [each.name for each in tmp_path.iterdir()] == [NAME]


def test_a_change_without_room_names_the_file_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with kept_in(tmp_path) as kept:
        assert not kept.file.full_disk
        ((pages,),) = kept.file.rows("PRAGMA page_count")
        kept.file.rows(f"PRAGMA max_page_count = {pages}")

        with pytest.raises(sqlite3.OperationalError, match="full"):
            kept.tables.save([Write(KEY, "x" * 100_000)], [])

        assert str(kept.file.full_disk) == str(tmp_path / NAME)
        later = time.monotonic() + 61
        monkeypatch.setattr(time, "monotonic", lambda: later)
        assert not kept.file.full_disk


def test_a_record_that_cannot_be_forgotten_now_is_forgotten_with_the_next_one(
    tmp_path: Path,
) -> None:
    with kept_in(tmp_path) as kept:
        first, second, _ = kept.tables.save([], [("notes", "{}")] * 3)
        kept.file.rows("PRAGMA query_only = ON")
        kept.tables.taken(first)
        kept.file.rows("PRAGMA query_only = OFF")
        assert len(kept.tables.pending()) == 3

        kept.tables.taken(second)

        assert len(kept.tables.pending()) == 1


def test_a_page_that_was_overwritten_is_found_at_the_start(tmp_path: Path) -> None:
    with kept_in(tmp_path) as kept:
        kept.tables.save([Write((*KEY[:2], str(n)), "x" * 500) for n in range(100)], [])
    path = tmp_path / NAME
    content = bytearray(path.read_bytes())
    content[-20_000:-16_000] = b"\xff" * 4_000
    path.write_bytes(content)

    with pytest.raises(Unusable, match="damaged"), kept_in(tmp_path):
        pass


def test_the_file_of_another_program_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / NAME) as other:
        other.execute("CREATE TABLE tea (name)")
    other.close()

    with pytest.raises(Unusable, match="not Slipway's"), kept_in(tmp_path):
        pass


def test_a_change_that_fails_half_way_did_not_happen(tmp_path: Path) -> None:
    with kept_in(tmp_path) as kept:
        broken = Write(("notes", "b", ""), "{}", {"by_owner": None})  # type: ignore[dict-item]  # refused by the table
        with pytest.raises(sqlite3.IntegrityError):
            kept.tables.save([Write(KEY, "{}"), broken], [("notes", "{}")])

        assert kept.tables.partition("notes", KEY[1]) == []
        assert kept.tables.pending() == []


def test_an_interrupted_workflow_keeps_its_file_from_another_world(tmp_path: Path) -> None:
    with kept_in(tmp_path) as kept:
        kept.belongs_to(HERE)
        kept.executions.save(execution("RUNNING"))
        kept.belongs_to(HERE)

    with kept_in(tmp_path) as kept:
        with pytest.raises(OtherWorld, match="act on engine unix:///a, cluster https://a"):
            kept.belongs_to(THERE)
        kept.executions.save(execution("ABORTED"))
        kept.belongs_to(THERE)


@pytest.mark.parametrize(
    ("world", "advice"),
    [
        ({"engine": "in memory", "cluster": "in memory"}, "start once with SLIPWAY_REGISTRY unset"),
        (
            {"engine": "unix:///a", "cluster": "in memory"},
            "start once with DOCKER_HOST, KUBECONFIG",
        ),
    ],
)
def test_who_is_kept_out_is_told_how_to_get_back_to_that_world(
    tmp_path: Path, world: dict[str, str], advice: str
) -> None:
    with kept_in(tmp_path) as kept:
        kept.belongs_to(world)
        kept.executions.save(execution("RUNNING"))

        with pytest.raises(OtherWorld, match=advice):
            kept.belongs_to(THERE)


def test_an_item_is_found_by_its_index_until_it_has_another_value(tmp_path: Path) -> None:
    with kept_in(tmp_path) as kept:
        kept.tables.save([Write(KEY, "1", {"by_status": "open"})], [])
        assert kept.tables.by_index("notes", "by_status", "open") == [(KEY[1], "", "1")]

        kept.tables.save([Write(KEY, "2", {"by_status": "shut"})], [])

        assert kept.tables.by_index("notes", "by_status", "open") == []
        assert kept.tables.by_index("notes", "by_status", "shut") == [(KEY[1], "", "2")]


def test_items_and_objects_whose_time_is_over_are_gone(tmp_path: Path) -> None:
    with kept_in(tmp_path) as kept:
        old, new = '{"ttl": {"N": "100"}}', '{"ttl": {"N": "300"}}'
        told = [("a", old), ("b", new), ("c", "{}")]
        kept.tables.save([Write(("notes", name, ""), item) for name, item in told], [])

        kept.tables.expire("notes", "ttl", 200)

        assert kept.tables.hash_keys("notes") == ["b", "c"]


def test_an_installation_has_one_name_as_long_as_it_has_its_file(tmp_path: Path) -> None:
    names = []
    for folder in (tmp_path / "here", tmp_path / "here", tmp_path / "there"):
        folder.mkdir(exist_ok=True)
        with kept_in(folder) as kept:
            names.append(kept.instance())

    assert names[0] == names[1] != names[2]
