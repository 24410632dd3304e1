"""Whatever a stranger puts into a folder, analysis answers or refuses; it never breaks or leaks."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slipway.containerize.analysis import analyze
from slipway.containerize.analysis.tree import MAX_FILE_BYTES, MAX_FILES, Tree
from slipway.saga.errors import Rejected

Repository = Callable[[dict[str, str]], Path]
NAMES = (
    "package.json", "pyproject.toml", "requirements.txt", "go.mod", "Dockerfile", "Pipfile",
    "Procfile", ".nvmrc", "runtime.txt", "main.py", "server.js", "main.go", "setup.py", "yarn.lock",
)  # fmt: skip
NASTY = (
    "", "[]", "null", "{", "[" * 5_000, '{"scripts": 5, "engines": [], "dependencies": "x"}',
    '{"scripts": {"start": "a\\nRUN evil"}, "main": "\\ud800"}', "project = 5\n", "\0\0\0", "\\",
    "[project]\ndependencies = [1, 2]\nrequires-python = '>=banana'\n", "FROM", "FROM \\\n# x\n",
    "web:\nweb: \n", "module \n\ngo 1\n", "-r requirements.txt\n-r ../../etc/passwd\n",
    "RUN <<EOF\nnever ends", "EXPOSE 99999999\nCMD\n", "port = 99999\n.listen(0)",
)  # fmt: skip


def told(root: Path) -> str:
    """What the user hears; any exception but Rejected fails the test."""
    try:
        return analyze(root).model_dump_json()
    except Rejected as refused:
        return f"{refused.code} {refused.fix}"


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(NASTY) | st.text(max_size=200)))
def test_nasty_manifests_are_answered_or_refused(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, str]
) -> None:
    root = tmp_path_factory.mktemp("tree")
    for name, content in files.items():
        (root / name).write_bytes(content.encode("utf-8", "surrogatepass"))

    assert told(root).isprintable()


def test_a_link_that_leads_outside_is_not_read(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("flask\nfrom-outside\n")
    root = repository({"main.py": ""})
    (root / "requirements.txt").symlink_to(tmp_path / "secret.txt")
    (root / "etc").symlink_to("/etc")
    (root / "loop").symlink_to(root / "loop")

    shop = analyze(root).component

    assert "from-outside" not in shop.model_dump_json()
    assert Tree(root).files == ("main.py",)


def test_a_link_inside_the_tree_is_read(repository: Repository) -> None:
    root = repository({"docker/Dockerfile": "FROM scratch\nEXPOSE 7000\n"})
    (root / "Dockerfile").symlink_to("docker/Dockerfile")

    assert analyze(root, component=".").component.port == 7000


def test_an_include_that_leads_outside_is_not_followed(
    repository: Repository, tmp_path: Path
) -> None:
    (tmp_path / "outside.txt").write_text("redis\n")
    root = repository({"requirements.txt": "-r ../outside.txt\n", "main.py": ""})

    assert analyze(root).component.services == ()


def test_a_file_without_end_is_not_read(repository: Repository) -> None:
    root = repository({"main.py": "x" * (MAX_FILE_BYTES + 1)})
    os.mkfifo(root / "requirements.txt")

    assert analyze(root).component.start_command == "python main.py"


def test_a_name_with_a_newline_does_not_exist(repository: Repository) -> None:
    root = repository({"main.py": "", "app\nRUN evil/package.json": "{}"})

    assert [each.path for each in analyze(root).components] == ["."]


def test_a_script_with_a_newline_becomes_one_line(repository: Repository) -> None:
    root = repository({"package.json": '{"scripts": {"start": "node a.js\\nRUN evil"}}'})

    assert analyze(root).component.start_command == "node a.js RUN evil"


def test_dependencies_and_virtual_environments_are_not_looked_into(repository: Repository) -> None:
    root = repository({"main.py": "", "my-env/pyvenv.cfg": "", "my-env/lib/app.py": "", ".x/a": ""})

    assert Tree(root).files == ("main.py",)


def test_a_long_chain_of_links_is_not_followed(tmp_path: Path) -> None:
    """The kernel gives up after 40 links; resolving each of them by name would take minutes."""
    (tmp_path / "main.py").write_text("")
    for number in range(2000):
        (tmp_path / f"l{number}").symlink_to(tmp_path / f"l{number + 1}")
    (tmp_path / "l2000").symlink_to(tmp_path / "main.py")

    tree = Tree(tmp_path)

    assert len(tree.files) < 50
    assert "main.py" in tree.files


def test_more_files_than_are_looked_at_are_refused_and_not_left_out(tmp_path: Path) -> None:
    for number in range(MAX_FILES + 1):
        (tmp_path / f"f{number}").touch()

    with pytest.raises(Rejected, match="more than 20000 files"):
        Tree(tmp_path)


@pytest.mark.parametrize("text", ["", "# to do\n", "FRM python:3.13\n", "RUN make\n"])
def test_a_dockerfile_of_ones_own_is_never_ignored(tmp_path: Path, text: str) -> None:
    (tmp_path / "requirements.txt").write_text("flask\n")
    (tmp_path / "app.py").write_text("from flask import Flask\napp = Flask(__name__)\n")
    (tmp_path / "Dockerfile").write_text(text)

    assert analyze(tmp_path).components[0].language == "dockerfile"
