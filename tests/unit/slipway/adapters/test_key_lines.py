"""A build that prints a private key: each of its lines is hidden, and nothing else is."""

import time
from collections.abc import Callable, Sequence

import pytest

from slipway.adapters.docker_build import _Transcript
from slipway.adapters.redaction import LogRedaction, redacted

ROWS = [
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj",
    "MzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvu",
    "NMoSfm76oqFvAp8Gy0iz5sxjZmSnXyCd",
    "Ab+=",
]
BEGIN, END = "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----"
KEY = [BEGIN, *ROWS, END]
ENCRYPTED = [BEGIN, "Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-256-CBC,0A1B", "", *ROWS, END]
ARMORED = [
    "-----BEGIN PGP PRIVATE KEY BLOCK-----",
    *("Version: GnuPG v2", "", *ROWS, "=aB3d"),
    "-----END PGP PRIVATE KEY BLOCK-----",
]
OTHERS = [
    "#13 0.9 sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 done",
    "#13 1.0 Downloading requests-2.32.3-py3-none-any.whl (64 kB)",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08  app.tar",
]


def told(lines: Sequence[str]) -> list[str]:
    redaction = LogRedaction()
    return [shown for line in lines if (shown := redaction.shown(line)) is not None]


def numbered(lines: Sequence[str]) -> list[str]:
    return [f"#12 {number / 10:.3f} {line}" for number, line in enumerate(lines)]


def stamped(lines: Sequence[str]) -> list[str]:
    return [f"2030-03-01T12:00:{number:02}.123Z {line}" for number, line in enumerate(lines)]


def from_files(lines: Sequence[str]) -> list[str]:
    return [f"./tls/server.key:{line}" for line in lines]


def by_compose(lines: Sequence[str]) -> list[str]:
    return [f"web-1  | {line}" for line in lines]


def by_node(lines: Sequence[str]) -> list[str]:
    first, *others, last = lines
    return [f"key: '{first}\\n' +", *(f"  '{each}\\n' +" for each in others), f"  '{last}\\n',"]


def with_carriage_returns(lines: Sequence[str]) -> list[str]:
    return [f"{line}\r" for line in lines]


WAYS = [list, numbered, stamped, from_files, by_compose, by_node, with_carriage_returns]


@pytest.mark.parametrize("printed", WAYS)
@pytest.mark.parametrize("key", [KEY, ENCRYPTED, ARMORED])
def test_a_key_is_hidden_to_its_last_line_and_what_follows_is_shown(
    printed: Callable[[Sequence[str]], list[str]], key: list[str]
) -> None:
    shown = told(["before", *printed(key), "after", *OTHERS])

    assert not [row for row in ROWS if any(row in line for line in shown)]
    assert shown[0] == "before"
    assert shown[-4:] == ["after", *OTHERS]
    assert sum("***" in line for line in shown) == 1


@pytest.mark.parametrize("printed", [list, numbered, stamped, by_compose])
def test_a_key_that_never_ends_hides_nothing_but_itself(
    printed: Callable[[Sequence[str]], list[str]],
) -> None:
    shown = told([*printed([BEGIN, *ROWS]), "Step 3/4 : RUN make", "done", *OTHERS])

    assert shown[1:] == ["Step 3/4 : RUN make", "done", *OTHERS]
    assert "***" in shown[0]


def test_two_steps_that_print_at_once_do_not_show_each_others_key() -> None:
    mixed = [line for pair in zip(numbered(KEY), OTHERS * 2, strict=True) for line in pair]

    shown = told([*mixed, "after"])

    assert shown[1:] == [*OTHERS * 2, "after"]


def test_what_stands_behind_the_end_is_shown_and_may_begin_another_key() -> None:
    shown = told(["a", BEGIN, *ROWS, f"{END} and {BEGIN}", *ROWS, f"{ROWS[0]}{END} b", "c"])

    assert shown == ["a", "***", " and ***", " b", "c"]


def test_a_certificate_after_half_a_key_is_shown() -> None:
    certificate = ["-----BEGIN CERTIFICATE-----", *ROWS, "-----END CERTIFICATE-----"]

    assert told([BEGIN, *ROWS[:2], *certificate]) == ["***", *certificate]


def test_long_after_half_a_key_what_looks_like_one_is_somebody_elses() -> None:
    shown = told([BEGIN, *ROWS[:2], *OTHERS * 20, ROWS[0]])

    assert shown[-1] == ROWS[0]


@pytest.mark.parametrize("printed", WAYS)
def test_a_text_that_begins_or_ends_amid_a_key_hides_what_there_is_of_it(
    printed: Callable[[Sequence[str]], list[str]],
) -> None:
    whole = ["it wrote:", *printed(KEY), "and ended."]

    for cut in range(2, 5):
        assert not [row for row in ROWS if row in redacted("\n".join(whole[cut:]))]
        assert "and ended." in redacted("\n".join(whole[cut:]))
        assert not [row for row in ROWS if row in redacted("\n".join(whole[: cut + 1]))]
    assert "it wrote:" in redacted("\n".join(whole[:3]))


def test_the_mention_of_an_end_hides_nothing() -> None:
    text = "checked\nfor this: expected -----END PRIVATE KEY----- there"

    assert redacted(text) == text
    assert told(text.split("\n")) == text.split("\n")


@pytest.mark.parametrize(
    "line", ['RUN echo "{}" > key && make', 'auth.py:3: if "{}" in text:', "no {} in this file"]
)
def test_the_mention_of_a_beginning_hides_no_later_line(line: str) -> None:
    assert told([line.format(BEGIN), "done"])[1:] == ["done"]


def test_a_key_that_comes_in_pieces_of_any_size_reaches_neither_the_log_nor_the_error() -> None:
    stream = "\n".join(["before", *KEY, "after"])
    for size in (1, 7, 64, 100):
        log: list[str] = []
        transcript = _Transcript(log.append)
        for start in range(0, len(stream), size):
            transcript.add({"stream": stream[start : start + size]})
        transcript.add({"stream": "\n"})

        assert log == ["before", "***", "after"]


@pytest.mark.parametrize("piece", [f"{BEGIN}\n", f"{BEGIN} ", f"{ROWS[0]} ", f"{END}\n", "= "])
def test_a_log_made_to_be_slow_is_not(piece: str) -> None:
    redaction, begun = LogRedaction(), time.process_time()

    redaction.shown(f"{BEGIN}\n{piece * (1_000_000 // len(piece))}")
    redaction.shown(piece * (1_000_000 // len(piece)))

    assert time.process_time() - begun < 5
