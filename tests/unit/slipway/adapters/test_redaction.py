"""What a log line may show."""

import time

import pytest

from slipway.adapters.redaction import redacted


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Cloning https://anna:battery@git.example.org/x", "Cloning https://***@git.example.org/x"),
        ("curl -H 'Authorization: Bearer battery'", "curl -H 'Authorization: Bearer ***'"),
        ("pushing with staple", "pushing with ***"),
        ("mail to anna@example.org", "mail to anna@example.org"),
        ("pip install https://example.org/a@1", "pip install https://example.org/a@1"),
        ("get https://npm.example.org/@types/node", "get https://npm.example.org/@types/node"),
        ("on http://localhost:8000, ask a@b", "on http://localhost:8000, ask a@b"),
        ("SyntaxError: unexpected token: }", "SyntaxError: unexpected token: }"),
        ("\tCOPY a b\r\nRUN c", "\tCOPY a b\nRUN c"),
    ],
)
def test_credentials_are_hidden_and_the_rest_is_not(line: str, shown: str) -> None:
    assert redacted(line, "staple", None) == shown


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("https://anna:batt/ery@h.example/x", "https://***@h.example/x"),
        ("http://anna:batt@ery@h/", "http://***@h/"),
        ("https://batt/ery@h", "https://***@h"),
        ("see https://a.example/x,https://anna:battery@h", "see https://a.example/x,https://***@h"),
        ("get https://anna:batt ery@h/x now", "get https://***@h/x now"),
        ("https://anna:bat://tery@h", "https://***@h"),
        ("//npm.example/:_authToken=npm_battery", "//npm.example/:_authToken=***"),
        ("_auth = battery", "_auth = ***"),
        ("Authorization=Bearer battery", "Authorization=Bearer ***"),
        ('{"Authorization": "Bearer battery", "a": 1}', '{"Authorization": "Bearer ***", "a": 1}'),
        ('{\\"Authorization\\": \\"Bearer battery\\"}', '{\\"Authorization\\": \\"Bearer ***"}'),
        ("{'authorization': b'Basic battery'}", "{'authorization': b'Basic ***'}"),
        ("Proxy-Authorization:[Basic battery]", "Proxy-Authorization:[Basic ***"),
        ("Authorization: battery staple", "Authorization: ***"),
        ('Authorization: Digest username="anna", response="battery"', "Authorization: Digest ***"),
        ("X-Registry-Auth: battery", "X-Registry-Auth: ***"),
        ("Set-Cookie: session=battery; path=/", "Set-Cookie: ***"),
        ("GET /?access_token=battery&page=2", "GET /?access_token=***&page=2"),
        ('{"password": "battery"}', '{"password": "***"}'),
        ("login --password battery h", "login --password *** h"),
        ("sent Bearer battery-battery-battery", "sent Bearer ***"),
        ("found ghp_batterybatterybattery", "found ***"),
        ("found eyJbattery.eyJbattery.battery", "found ***"),
        ("https://anna:bat\x1b[31mtery@h", "https://***@h"),
    ],
)
def test_other_ways_to_write_a_password_are_known_as_well(line: str, shown: str) -> None:
    assert redacted(line) == shown
    assert "batt" not in redacted(line)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;a title\x07text", "text"),
        ("\x1b]8;;https://x.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b2Jclear", "clear"),
        ("\x1b(Bfont\x1bc", "font"),
        ("cut \x1b[12", "cut 12"),
        ("two\x1b\x00[31mfold", "two[31mfold"),
        ("10%\r20%", "10% 20%"),
        ("be\x08ll\x07\x7f", "bell"),
        ("naïve → 日本", "naïve → 日本"),
    ],
)
def test_what_commands_a_terminal_does_not_reach_one(line: str, shown: str) -> None:
    assert redacted(line) == shown


@pytest.mark.parametrize(
    "piece",
    [
        *("://", "://a:b ", "://a:b@", "https://a.b/", "a@ ", "authorization:", 'cookie:="'),
        *(
            "_auth ",
            "token=",
            "bearer ",
            "eyJ.",
            "eyJ-",
            "npm_",
            "\x1b[",
            "\x1b]",
            "\x1b ",
            "\x9b1",
        ),
        *(" ", "\t", "--token ", '"', "\\", "a."),
    ],
)
def test_a_line_of_a_megabyte_made_to_be_slow_is_not(piece: str) -> None:
    begun = time.process_time()

    redacted(piece * (1_000_000 // len(piece)))

    assert time.process_time() - begun < 5
