"""A table stays one, whatever is in its cells."""

import io

from rich.console import Console

from slipway_local.cli.output import columns


def shown(*rows: tuple[str, ...]) -> list[str]:
    screen = io.StringIO()
    console = Console(file=screen, highlight=False, soft_wrap=True)
    for line in columns(("id", "labels", "why"), rows):
        console.print(line)
    return screen.getvalue().splitlines()


def test_a_line_end_or_an_escape_in_a_cell_leaves_the_table_in_its_lines() -> None:
    told = shown(("se_1", "a=first\nsecond\0", "x"), ("se_2", "a=\x1b[31mred", "y"))

    assert told == [
        "id    labels           why",
        "se_1  a=first second   x",
        "se_2  a=red            y",
    ]


def test_one_long_cell_does_not_move_the_columns_of_the_other_lines() -> None:
    told = shown(("a", "removes " + "x" * 170, "it ran"), ("b", "nothing", "it never ran"))

    assert told == [
        "id  labels   why",
        f"a   removes {'x' * 170}  it ran",
        "b   nothing  it never ran",
    ]
