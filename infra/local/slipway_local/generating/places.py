"""Where lines of a new part belong, and whether its name gets into their way."""

import ast

from slipway_local.generating.naming import Name, invalid


def check_apart(name: Name, source: str) -> None:
    """Of a skeleton, filled with another name: it uses no such name itself. Raises Stop."""
    if name.text in set(_used(source)):
        why = f"{name.text!r} means something else in such a file"
        raise invalid(why, f"add a word: {name.text}_release")


def _used(source: str) -> list[str]:
    used: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            used.append(node.id)
        elif isinstance(node, ast.arg | ast.keyword):
            used.append(node.arg or "")
        elif isinstance(node, ast.alias):
            used.append(node.asname or node.name)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            used.append(node.name)
    return used
