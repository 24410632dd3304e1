"""What a log line may show."""

import pytest

from slipway.adapters.redaction import redacted


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Cloning https://anna:battery@git.example.org/x", "Cloning https://***@git.example.org/x"),
        ("curl -H 'Authorization: Bearer battery'", "curl -H 'Authorization: Bearer ***"),
        ("pushing with staple", "pushing with ***"),
        ("mail to anna@example.org", "mail to anna@example.org"),
        ("pip install https://example.org/a@1", "pip install https://example.org/a@1"),
    ],
)
def test_credentials_are_hidden_and_the_rest_is_not(line: str, shown: str) -> None:
    assert redacted(line, "staple", None) == shown
