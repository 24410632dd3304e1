"""What the documents show to clients is what the API takes."""

import json

from tests.documents import DOCUMENTS, blocks

from slipway.messages.requests import ContainerizeRequest


def test_the_request_in_the_documents_shows_every_field_with_its_default() -> None:
    examples = [each for path in DOCUMENTS for each in blocks("json", path.read_text("utf-8"))]
    (shown,) = [json.loads(each) for each in examples if '"app"' in each]

    shown["source"]["upload_id"] = "up_abcdefgh"
    told = ContainerizeRequest.model_validate(shown)

    given = {"source": shown["source"], "app": {"name": "shop"}}
    assert told == ContainerizeRequest.model_validate(given)
    parts = {name: told.model_dump()[name].keys() for name in ("app", "image", "options")}
    assert shown.keys() == told.model_dump().keys()
    assert {name: shown[name].keys() for name in parts} == parts
