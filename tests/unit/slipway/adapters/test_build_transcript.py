"""What a hostile build prints, on its way to the log and into the error."""

import pytest

from slipway.adapters.docker_build import _Transcript
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
