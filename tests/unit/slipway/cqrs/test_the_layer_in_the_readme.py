"""What the README shows of the buses runs as it stands there."""

import re
from pathlib import Path

import pytest

README = Path(__file__).parents[4] / "README.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```$", README.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def test_a_stranger_can_paste_it(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "slipway.audit")
    (block,) = [block for block in BLOCKS if "from slipway.cqrs import" in block]

    exec(compile(block, str(README), "exec"), {"__name__": "readme"})  # noqa: S102  (our own text)

    assert caplog.messages == ["command_accepted", "command_refused"]
