"""Renders what is derived from the plan: the state machine and its part of the template.

python statemachine/render.py             write the files
python statemachine/render.py --check     list stale files, and exit with 1 if there are any
python statemachine/render.py --resolved  print the machine with ARNs, for linters
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "functions"), str(ROOT / "infra" / "local")]

from statemachine.aliases import broken_aliases  # noqa: E402  (needs sys.path from above)
from statemachine.blocks import blocks  # noqa: E402

from slipway.saga.machine import broken_rules, machine, resolved  # noqa: E402
from slipway_local.template.yaml_loader import template_of  # noqa: E402
from steps import PLAN  # noqa: E402

MACHINE = ROOT / "statemachine" / f"{PLAN.name}.asl.json"
TEMPLATE = ROOT / "template.yaml"


def checked() -> dict[str, object]:
    definition = machine(PLAN)
    if broken := broken_rules(definition, PLAN):
        raise SystemExit("\n".join(broken))
    return definition


def check_committed() -> None:
    """Name the rules that the file breaks, and not only that it is not what was rendered."""
    if MACHINE.exists() and (broken := broken_rules(json.loads(MACHINE.read_text("utf-8")), PLAN)):
        raise SystemExit("\n".join(f"{MACHINE.name}: {sentence}" for sentence in broken))


def rendered() -> Iterator[tuple[Path, str]]:
    definition = checked()
    template = with_blocks(TEMPLATE.read_text(encoding="utf-8"), blocks(PLAN))
    if broken := list(broken_aliases(template_of(template), definition)):
        raise SystemExit("\n".join(broken))
    yield MACHINE, json.dumps(definition, indent=2) + "\n"
    yield TEMPLATE, template


def with_blocks(template: str, blocks: dict[str, str]) -> str:
    """Replace the text between `# rendered: <name>` and `# end of <name>` of each block."""
    for name, text in blocks.items():
        begin, end = f"# rendered: {name}\n", f"# end of {name}\n"
        head, found, rest = template.partition(begin)
        _, ended, tail = rest.partition(end)
        if not found or not ended:
            raise SystemExit(f"{TEMPLATE.name} has no block {name!r}")
        indent = head.rpartition("\n")[2]
        template = f"{head}{begin}{text}{indent}{end}{tail}"
    return template


def main() -> None:
    if "--resolved" in sys.argv:
        sys.stdout.write(resolved(PLAN))
        return
    if "--check" in sys.argv:
        check_committed()
    files = dict(rendered())
    stale = [p for p, text in files.items() if not p.exists() or p.read_text("utf-8") != text]
    if "--check" not in sys.argv:
        for path in stale:
            path.write_text(files[path], encoding="utf-8")
    elif stale:
        names = ", ".join(str(path.relative_to(ROOT)) for path in stale)
        raise SystemExit(f"stale: {names}; run `make render`")


if __name__ == "__main__":
    main()
