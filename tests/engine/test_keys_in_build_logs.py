"""A build that prints a key and fails: neither its log nor its error has a line of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.engines import Workshop, never, open_workshop

from slipway.saga.errors import Rejected

pytestmark = pytest.mark.engine
ROWS = ("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj", "NMoSfm76oqFv", "Ab+=")


@pytest.fixture
def workshop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workshop]:
    yield from open_workshop("docker", request, tmp_path)


@pytest.mark.parametrize("before", ["", "2030-03-01T12:00:00Z [web] "])
def test_a_key_that_is_printed_while_an_image_is_built_is_not_told(
    workshop: Workshop, before: str
) -> None:
    begin, end = ("-----" + word + " RSA PRIVATE KEY-----" for word in ("BEGIN", "END"))
    printed = " ".join(f"'{before}{each}'" for each in (begin, *ROWS, end, "after"))
    log: list[str] = []

    with pytest.raises(Rejected) as failed:
        workshop.engine.build(
            workshop.order(workshop.workflow(), rf"RUN printf '%s\n' {printed}; exit 3"),
            log.append,
            never,
        )

    said = [*log, *failed.value.message.splitlines()]
    assert [line for line in log if line == f"{before}***"]
    assert [line for line in log if line == f"{before}after"]
    assert not [line for line in said if any(row in line for row in ROWS)]
