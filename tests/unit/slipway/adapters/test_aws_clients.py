"""Clients of AWS give up before the function does that waits for them."""

import threading

import pytest

from slipway.adapters.aws_clients import Clients

FUNCTION_MAY_RUN_S = 15


@pytest.fixture
def region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "anna")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")


@pytest.mark.usefixtures("region")
def test_a_service_has_one_client_also_for_several_threads() -> None:
    clients, found = Clients(), list[object]()
    threads = [
        threading.Thread(target=lambda: found.append(clients.of("dynamodb"))) for _ in range(8)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(set(map(id, found))) == 1
    assert clients.of("events") is not found[0]


@pytest.mark.usefixtures("region")
def test_all_attempts_on_a_table_fit_into_the_time_of_a_command() -> None:
    config = Clients().of("dynamodb").meta.config

    longest_s = config.retries["total_max_attempts"] * (
        config.connect_timeout + config.read_timeout
    )
    assert longest_s < FUNCTION_MAY_RUN_S
