"""A runtime is asked for in many words; one supported line is used."""

from collections.abc import Callable
from pathlib import Path

import pytest

from slipway.containerize.analysis import analyze
from slipway.containerize.analysis.version import go_line, node_line, python_line


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        (">=3.11", "3.13"),
        (">=3.11.4,<3.12", "3.11"),
        ("~=3.12.1", "3.12"),
        (">3.13", "3.13"),
        (">=3.14", "3.14"),
        ("==3.11.*", "3.11"),
        ("^3.11", "3.13"),
        ("~3.12", "3.12"),
        ("3.11.9", "3.11"),
        ("python-3.12.3", "3.12"),
        ("3.8", "3.8"),
        ("2.7", None),
        ("nonsense", None),
    ],
)
def test_python_takes_the_default_line_unless_the_range_forbids_it(
    asked: str, line: str | None
) -> None:
    assert python_line(asked) == line


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        (">=18", "24"),
        ("20.x || 22.x", "22"),
        ("^20.11.0", "20"),
        ("v22.3.0", "22"),
        ("lts/iron", "20"),
        (">=18 <23", "22"),
        ("18", "18"),
        ("banana", None),
    ],
)
def test_node_takes_the_newest_line_of_the_range(asked: str, line: str | None) -> None:
    assert node_line(asked) == line


@pytest.mark.parametrize(
    ("asked", "line"),
    [("1.25.3", "1.25"), ("1.21", "1.26"), ("go1.26.1", "1.26"), ("1.99", "1.99"), ("x", None)],
)
def test_a_go_directive_is_the_least_that_will_do(asked: str, line: str | None) -> None:
    assert go_line(asked) == line


def test_two_files_that_disagree_about_the_version_are_reported(
    repository: Callable[[dict[str, str]], Path],
) -> None:
    root = repository({".python-version": "3.12\n", "runtime.txt": "3.11\n", "main.py": ""})

    shop = analyze(root).component

    assert shop.version == "3.12"
    assert [each.about for each in shop.conflicts] == ["version"]
    assert {each.file for each in shop.conflicts[0].evidence} == {".python-version", "runtime.txt"}


def test_a_version_that_nobody_has_is_reported_and_the_default_used(
    repository: Callable[[dict[str, str]], Path],
) -> None:
    shop = analyze(repository({".nvmrc": "4", "package.json": "{}", "index.js": ""})).component

    assert shop.version == "24"
    assert shop.conflicts[0].about == "version"
