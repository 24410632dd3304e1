"""Writes openapi.json from the API's models and routes.

python openapi/render.py             write the file
python openapi/render.py --check     report if it is stale, and exit with 1
"""

import json
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "functions"), str(ROOT / "infra" / "local")]

from openapi.document import document  # noqa: E402  (needs sys.path from above)
from openapi.operations import operations  # noqa: E402

DOCUMENT = ROOT / "openapi" / "openapi.json"


def rendered() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    told = document(list(operations(ROOT / "template.yaml")), project["version"])
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    text = rendered()
    if DOCUMENT.exists() and DOCUMENT.read_text("utf-8") == text:
        return
    if "--check" in sys.argv:
        raise SystemExit(f"stale: {DOCUMENT.relative_to(ROOT)}; run `make render`")
    DOCUMENT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
