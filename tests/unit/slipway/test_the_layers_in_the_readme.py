"""What the README shows of each layer runs as it stands there."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from slipway import messages

README = Path(__file__).parents[3] / "README.md"
SECTION = "## The layers, each usable without the next\n"


def shown() -> list[str]:
    text = README.read_text(encoding="utf-8").partition(SECTION)[2]
    return re.findall(
        r"^```python\n(.*?)^```$", text.partition("\n## ")[0], re.DOTALL | re.MULTILINE
    )


def test_the_readme_shows_the_layers() -> None:
    assert shown()


@pytest.mark.parametrize("block", [pytest.param(each, id=each.splitlines()[0]) for each in shown()])
def test_what_the_readme_shows_runs(block: str) -> None:
    """Each in a namespace of its own, as a stranger would paste it."""
    exec(compile(block, str(README), "exec"), {"__name__": "readme"})  # noqa: S102  (our own text)


def test_each_public_name_of_the_message_layer_is_there() -> None:
    assert set(messages.__all__) == set(messages._HOME)
    for name in messages.__all__:
        assert getattr(messages, name) is not None
    with pytest.raises(AttributeError):
        getattr(messages, "Envelope")  # noqa: B009  (a name that is not there)


def test_the_message_layer_runs_where_there_is_nothing_else_of_slipway(tmp_path: Path) -> None:
    package = Path(messages.__file__).parent
    shutil.copytree(package, tmp_path / "slipway" / "messages")
    (tmp_path / "slipway" / "__init__.py").touch()
    (tmp_path / "shown.py").write_text(shown()[0])
    modules = [
        ".".join(("slipway", *path.relative_to(package.parent).with_suffix("").parts))
        for path in package.rglob("*.py")
    ]
    script = (
        f"import shown, importlib, slipway\nfor each in {modules}: importlib.import_module(each)\n"
        "print(slipway.__file__)"
    )

    told = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.returncode == 0, told.stderr
    assert told.stdout.splitlines() == [str(tmp_path / "slipway" / "__init__.py")]


@pytest.mark.parametrize("name", ["Router", "serve_sqs", "cloudevents", "JsonMarshaller"])
def test_a_cold_start_loads_only_what_it_asks_for(name: str) -> None:
    """Neither pydantic nor Protobuf, nor the rest of Slipway."""
    script = (
        f"import sys; from slipway.messages import {name}; "
        "print([m for m in sys.modules if m.split('.')[0] in ('pydantic', 'google', 'boto3') "
        "or m.startswith('slipway.') and not m.startswith('slipway.messages')])"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert told.stdout.strip() == "[]"
