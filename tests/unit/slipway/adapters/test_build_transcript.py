"""What a hostile build prints, on its way to the log and into the error."""

import pytest

from slipway.adapters.docker_build import LONGEST_LINE, _Transcript
from slipway.saga.errors import Rejected


def test_neither_terminal_sequences_nor_passwords_reach_the_log_or_the_error() -> None:
    log: list[str] = []
    transcript = _Transcript(log.append)

    transcript.add({"stream": "\x1b[2Jget https://anna:bat"})
    transcript.add({"stream": "\x1b[0mt/ery@h.example\x1b[0m\r\n\tdone\n"})
    transcript.add({"error": "\x1b]0;title\x07it ended with 3"})

    with pytest.raises(Rejected) as failed:
        transcript.raise_error()
    assert log == ["get https://***@h.example", "\tdone", "it ended with 3"]
    assert failed.value.message.splitlines() == ["it ended with 3", *log[:2]]


def test_a_line_without_an_end_does_not_fill_the_memory() -> None:
    log: list[str] = []
    transcript = _Transcript(log.append)

    for _ in range(100):
        transcript.add({"stream": "." * LONGEST_LINE})
    transcript.add({"stream": "\nafter\n"})

    assert log == ["." * LONGEST_LINE, "after"]


def test_an_error_that_tells_a_key_as_well_has_no_line_of_it() -> None:
    log: list[str] = []
    transcript = _Transcript(log.append)
    key = ["-----BEGIN PRIVATE KEY-----", "MIIE+/=", "Zm9v"]

    transcript.add({"stream": "".join(f"{line}\n" for line in key)})
    transcript.add({"error": "\n".join(["cannot read", *key, "it ended with 3"])})

    with pytest.raises(Rejected) as failed:
        transcript.raise_error()
    told = [*log, *failed.value.message.splitlines()]
    assert not [line for line in told if "MIIE" in line or "Zm9v" in line]
    assert told[0] == "***"
    assert "it ended with 3" in told
