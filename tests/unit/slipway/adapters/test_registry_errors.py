"""A user names the registry, so its answer may be anything that this machine can reach."""

import pytest

from slipway.adapters.registry_errors import known_words


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("denied: the token staple lacks the scope", "denied"),
        (
            'Get "http://10.0.0.1/v2/": dial tcp 10.0.0.1:80: connection refused',
            "connection refused",
        ),
        (
            'error parsing HTTP 404 response body: invalid character: "battery-staple"',
            "for an unrecognized reason",
        ),
    ],
)
def test_of_an_error_only_words_from_the_list_are_repeated(message: str, told: str) -> None:
    assert known_words(message) == told
