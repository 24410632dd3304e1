"""What the README shows of the kit runs as it stands there, on the order saga of the tests."""

import ast
from pathlib import Path
from typing import Any

import pytest
from tests.documents import README, blocks, section
from tests.faults import test_order_saga as orders

GIVEN = ("Shop", "ORDERS", "reserve", "unreserve", "charge", "refund", "ship", "recall")
"""What a reader has before they paste it."""


def shown() -> str:
    (block,) = blocks("python", section(README, "Test a saga of your own"))
    return block


@pytest.fixture(scope="module")
def pasted() -> dict[str, Any]:
    names = {"__name__": "readme", **{name: getattr(orders, name) for name in GIVEN}}
    exec(compile(shown(), str(README), "exec"), names)  # noqa: S102  (our own text)
    return names


def test_the_cells_of_the_readme_keep_their_laws(pasted: dict[str, Any]) -> None:
    (mark,) = pasted["test_orders"].pytestmark
    cells = {str(each.id): each.values[0] for each in mark.args[1]}

    told = {name: cell.check() for name, cell in cells.items() if name.startswith("law-03")}

    assert len(cells) > 200
    assert set(told.values()) == {"undone"}
    assert "law-03-charge-overtaken-x1-after" in told


def test_the_stories_of_the_readme_keep_their_laws(pasted: dict[str, Any]) -> None:
    pasted["TestOrders"]("runTest").debug()


def test_what_the_readme_shows_stands_in_the_file_that_it_names() -> None:
    in_file = statements(Path(orders.__file__).read_text(encoding="utf-8"))
    missing = [each for each in statements(shown()) if each not in in_file]

    assert missing == []


def statements(text: str) -> list[str]:
    """Without annotations, and with the names of what is asked for instead of it."""
    tree = ast.parse(text.replace('{"product": "kettle"}}', "KETTLE}"))
    return [ast.unparse(_Bare().visit(statement)) for statement in tree.body]


class _Bare(ast.NodeTransformer):
    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is None:
            return node
        return ast.copy_location(ast.Assign([node.target], node.value), node)
