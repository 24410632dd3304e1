"""Sessions and configurations that the streams gave up on, on the interfaces of AWS."""

import json
from collections.abc import Sequence
from typing import Any

from tests.integration.recovery.test_rebuild_and_replay import DONE, Seen, report, system
from tests.integration.slipway.cqrs.wired import stream, undelivered
from tests.unit.slipway.cqrs.stories import ask

from commands.open_session import handler as open_session
from commands.update_config import handler as update_config
from queries.get_config import handler as get_config
from queries.get_session import handler as get_session
from queries.list_sessions import handler as list_sessions
from recovery.redrive import handler as redrive
from slipway import wiring
from streams.project import handler as project

__all__ = ["system"]


def an_account() -> str:
    """A session, by its id, and a configuration."""
    ask(update_config, "PUT", body={"defaults": {"app": {"replicas": 3}}})
    return str(ask(open_session, "POST", body={}).json["session_id"])


def redriven(messages: Sequence[dict[str, Any]]) -> list[str]:
    """The ids of the events that are told again."""
    seen = Seen()
    with wiring.use(bus=seen):
        assert redrive({"Records": messages}) == DONE
    return seen.ids


def test_a_poisoned_session_and_configuration_wait_in_the_queue_until_they_are_redriven() -> None:
    session_id = an_account()
    told = stream()
    for record in told["Records"]:
        if record["dynamodb"]["Keys"]["sk"]["S"].startswith("EVENT#"):
            record["dynamodb"]["NewImage"]["type"] = {"N": "7"}

    assert project(told) == DONE
    assert ask(get_session, path={"id": session_id}).status == 404
    waiting = undelivered()
    assert [json.loads(each["body"]) for each in waiting] == [
        {"kind": "config", "subject": "anna", "error": "ValidationError"},
        {"kind": "session", "subject": session_id, "error": "ValidationError"},
    ]

    assert redriven(waiting) == ["config-anna-000001", f"{session_id}-000001"]
    assert ask(get_session, path={"id": session_id}).status == 200
    assert ask(get_config).json["defaults"]["app"]["replicas"] == 3


def test_positions_in_the_stream_lead_to_sessions_and_configurations_too() -> None:
    session_id = an_account()
    numbers = [record["dynamodb"]["SequenceNumber"] for record in stream()["Records"]]

    told = redriven([report(numbers[0], numbers[-1])])

    assert told == ["config-anna-000001", f"{session_id}-000001"]
    assert [each["session_id"] for each in ask(list_sessions).json["items"]] == [session_id]
    assert ask(get_config).json["version"] == 1


def test_a_session_that_nobody_knows_goes_back() -> None:
    unknown = {"messageId": "1", "body": json.dumps({"kind": "session", "subject": "se_unknown"})}

    assert redrive({"Records": [unknown]}) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
