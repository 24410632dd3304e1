"""What the README shows to clients is what the API takes."""

import json
import re
from pathlib import Path

from slipway.messages.requests import ContainerizeRequest

README = Path(__file__).parents[4] / "README.md"


def test_the_request_in_the_readme_shows_every_field_with_its_default() -> None:
    blocks = re.findall(r"```json\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    (shown,) = [json.loads(each) for each in blocks if '"app"' in each]

    shown["source"]["upload_id"] = "up_abcdefgh"
    told = ContainerizeRequest.model_validate(shown)

    given = {"source": shown["source"], "app": {"name": "shop"}}
    assert told == ContainerizeRequest.model_validate(given)
    parts = {name: told.model_dump()[name].keys() for name in ("app", "image", "options")}
    assert shown.keys() == told.model_dump().keys()
    assert {name: shown[name].keys() for name in parts} == parts
