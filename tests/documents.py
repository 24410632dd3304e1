"""README.md and docs/, by their sections and code blocks: what they show is run by tests."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
README, DOCS = ROOT / "README.md", ROOT / "docs"
DOCUMENTS = (README, *sorted(DOCS.glob("*.md")))

_HEADING = re.compile(r"(#+) (.*)")


def section(document: Path, heading: str) -> str:
    """From its heading to the next one of the same level or above."""
    lines = document.read_text(encoding="utf-8").splitlines()
    found = list(headings(lines))
    first, level = next((line, level) for line, level, title in found if title == heading)
    ends = (line for line, other, _ in found if line > first and other <= level)
    return "\n".join(lines[first : next(ends, len(lines))])


def headings(lines: list[str]) -> Iterator[tuple[int, int, str]]:
    """Line, level and title of each; a comment in a code block is none."""
    in_block = False
    for number, line in enumerate(lines):
        in_block ^= line.startswith("```")
        if not in_block and (match := _HEADING.fullmatch(line)):
            yield number, len(match[1]), match[2]


def blocks(language: str, text: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
