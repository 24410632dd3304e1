"""An own Dockerfile hides no stage, speaks with no label of Slipway's and fetches nothing."""

import pytest

from slipway.containerize.dockerfile import DockerfileOptions, prepare_own_dockerfile
from slipway.saga.errors import Rejected

OPTIONS = DockerfileOptions(labels={"a": "1"})


@pytest.mark.parametrize(
    "between",
    [
        "RUN echo \\\\\nFROM b:1\n",
        "RUN echo \\\\ \t\nFROM b:1\n",
        "RUN echo \\ \t\nx\nFR\\\nOM b:1\n",
        "RUN echo \\\r\nx\r\nFROM b:1\r\n",
        "RUN echo \\\v\nFROM b:1\n",
        "RUN echo \\\n\x1c\nFROM b:1\n",
        "RUN echo\nFROM\vb:1\n",
        "\\\nFROM b:1\n",
    ],
)
def test_every_stage_that_the_builder_sees_is_labelled(between: str) -> None:
    text = prepare_own_dockerfile(f"FROM a:1\n{between}CMD x\n", OPTIONS)

    assert text.count('\nLABEL "a"="1"\n') == 2


@pytest.mark.parametrize("mark", ["\v", "\f", "\x85", "\u2028"])
def test_what_only_looks_like_the_end_of_a_line_begins_no_stage(mark: str) -> None:
    text = prepare_own_dockerfile(f"FROM a:1\nRUN x{mark}FROM b:1\n", OPTIONS)

    assert text.count("LABEL") == 1


@pytest.mark.parametrize(
    "line",
    [
        "LABEL slipway.dev/app=x",
        "label x=1 slipway.dev/workflow=x",
        "LABEL slipway.dev/app x",
        "LABEL -- slipway.dev/app x",
        'LABEL "slipway.dev/app"="x y"',
        "LABEL a='b c' 'slipway.dev/app'=x",
        'LABEL slip"way".dev/app=x',
        "LABEL slip\\way.dev/app=x",
        "LABEL x=1 \\\n  slipway.dev/\\\napp=1",
        "LABEL a\x1cb=c slipway.dev/app=x",
        "LABEL $KEY=x",
        "LABEL ${A}way.dev/app=x",
        "ONBUILD LABEL slipway.dev/app=x",
    ],
)
def test_the_labels_of_slipway_are_reserved(line: str) -> None:
    assert refusal_of(f"FROM a:1\n{line}\n") == "reserved_label"


@pytest.mark.parametrize(
    "line",
    [
        "ADD https://x.example/a.tgz /a",
        "ADD --chown=1:1 a HTTP://x.example/a /a",
        'ADD ["\\u0068ttp://x.example/a", "/a"]',
        'ADD "https://x.example/a" /a',
        "ADD git@x.example:a/b.git /a",
        "ADD https://${HOST}/a /a",
        "ADD $WHERE /a",
        "ADD ht${TP}://x /a",
        "ONBUILD ADD https://x.example/a /a",
    ],
)
def test_add_fetches_nothing(line: str) -> None:
    assert refusal_of(f"FROM a:1\n{line}\n") == "remote_add"


def test_what_merely_resembles_these_is_left_alone() -> None:
    text = (
        "# escape=\\\nFROM a:1\nLABEL description slipway.dev/ is where it runs\n"
        'LABEL at="$HOME" b="https://slipway.dev/app=1"\nADD app-$VERSION.tgz ./a@1 $HOME/\n'
        'ADD ["a b", "/c"]\nONBUILD RUN x\n'
    )

    assert prepare_own_dockerfile(text, DockerfileOptions()) == text


@pytest.mark.parametrize("line", ["# escape=`", "#ESCAPE = ` ", "# syntax=a/b:1\n# escape=`"])
def test_another_escape_character_is_refused(line: str) -> None:
    assert refusal_of(f"{line}\nFROM a:1\n") == "escape_directive"


@pytest.mark.parametrize("line", ["ONBU\u0130LD LABEL slipway.dev/app=x", "ONBUILD -- RUN x", "X"])
def test_a_word_that_is_no_instruction_is_refused(line: str) -> None:
    assert refusal_of(f"FROM a:1\n{line}\n") == "unknown_instruction"


def refusal_of(text: str) -> str:
    with pytest.raises(Rejected) as refused:
        prepare_own_dockerfile(text, OPTIONS)
    assert refused.value.fix
    return refused.value.code
