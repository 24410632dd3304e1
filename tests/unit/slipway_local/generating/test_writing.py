"""All files are written, or none is; what somebody else wrote meanwhile stays."""

from pathlib import Path

import pytest

from slipway_local.cli.exits import CliError
from slipway_local.generating.draft import Change
from slipway_local.generating.writing import write

CHANGES = (
    Change("steps/smoke_test.py", None, b"new\n"),
    Change("tests/deep/test_smoke_test.py", None, b"new test\n"),
    Change("plan.py", b"one\n", b"one\ntwo\n"),
    Change("template.yaml", b"a: 1\n", b"a: 1\nb: 2\n"),
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "steps").mkdir()
    (tmp_path / "plan.py").write_bytes(b"one\n")
    (tmp_path / "template.yaml").write_bytes(b"a: 1\n")
    return tmp_path


def everything(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*"))
    return {str(p.relative_to(root)): p.read_bytes() if p.is_file() else b"" for p in files}


def test_every_change_is_there_and_nothing_besides(root: Path) -> None:
    (root / "plan.py").chmod(0o755)

    write(root, CHANGES)

    there = {name: content for name, content in everything(root).items() if content}
    assert there == {change.path: change.after for change in CHANGES}
    assert (root / "plan.py").stat().st_mode & 0o777 == 0o755


def test_a_disk_that_fails_at_the_last_file_leaves_all_as_it_was(root: Path) -> None:
    before = everything(root)

    def failing(file: Path, path: Path) -> None:
        if path.name == "template.yaml":
            raise OSError(28, "No space left on device", str(path))
        file.replace(path)

    with pytest.raises(CliError, match="No space left"):
        write(root, CHANGES, failing)

    assert everything(root) == before


def test_a_file_that_somebody_has_changed_meanwhile_stays_as_they_left_it(root: Path) -> None:
    (root / "template.yaml").write_bytes(b"a: 3\n")
    before = everything(root)

    with pytest.raises(CliError) as refused:
        write(root, CHANGES)

    assert refused.value.code == "changed_meanwhile"
    assert everything(root) == before


def test_a_file_that_is_there_is_not_overwritten(root: Path) -> None:
    (root / "steps/smoke_test.py").write_bytes(b"mine\n")
    before = everything(root)

    with pytest.raises(CliError, match="was changed concurrently"):
        write(root, CHANGES)

    assert everything(root) == before


def test_a_file_where_a_folder_belongs_is_named(root: Path) -> None:
    (root / "tests").write_bytes(b"not a folder\n")
    before = everything(root)

    with pytest.raises(CliError, match="tests") as refused:
        write(root, CHANGES)

    assert refused.value.code == "not_written"
    assert everything(root) == before
