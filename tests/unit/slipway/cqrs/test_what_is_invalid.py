"""Whoever sent a request reads what is wrong with it in plain words, not in a library's."""

import json
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError
from tests.documents import DOCS, blocks, section

from slipway.cqrs.invalid import invalid
from slipway.cqrs.problem import Refused, problem_of
from slipway.messages.accounts import OpenSession, UpdateConfig
from slipway.messages.commands import CancelWorkflow
from slipway.messages.queries import GetStatistics, ListWorkflows
from slipway.messages.requests import ContainerizeRequest

TIME = "since: give a time with its zone, such as 2026-11-21T00:00:00Z"
ENV = {"app": {"name": "shop", "env": {"A B=\n": "x"}}, "source": {"upload_id": "up_abcdefgh"}}
NO_TEXT = {
    "app": {"name": "shop", "env": {"DB_PASSWORD": {"a": "x"}}},
    "source": {"upload_id": "up_abcdefgh"},
}


def refused(message: type[BaseModel], fields: dict[str, Any]) -> Refused:
    with pytest.raises(ValidationError) as error:
        message.model_validate(fields)
    return invalid(error.value)


@pytest.mark.parametrize(
    ("message", "fields", "detail"),
    [
        (ListWorkflows, {"since": "1763000000"}, TIME),
        (ListWorkflows, {"since": "-5"}, TIME),
        (ListWorkflows, {"since": "2026-11-21"}, TIME),
        (ListWorkflows, {"since": "2026-11-21T00:00:00"}, TIME),
        (ListWorkflows, {"since": "\u0662026-11-21T00:00:00Z"}, TIME),
        (GetStatistics, {"since": "1763000000"}, "since: must be a day, as in 2030-03-01"),
        (ListWorkflows, {"limit": "many"}, "limit: give a whole number"),
        (ListWorkflows, {"limit": "101"}, "limit: give at most 100"),
        (UpdateConfig, {"defaults": {"app": 3}}, "defaults.app: give an object"),
        (UpdateConfig, {"defaults": {"apps": {}}}, "defaults.apps: is unknown"),
        (UpdateConfig, {}, "defaults: is missing"),
        (
            OpenSession,
            {"labels": {"a": "\n"}},
            "labels.a: give at most 256 characters, and no line",
        ),
        (OpenSession, {"labels": {"a": 1}}, "labels.a: give a string"),
        (ContainerizeRequest, NO_TEXT, "app.env.DB_PASSWORD: give a string"),
        (OpenSession, {"labels": {"": "x"}}, "labels: the name '': use 1 to 63 letters"),
        (ContainerizeRequest, ENV, r"app.env: the name 'A B=\n': name a variable with letters"),
        (CancelWorkflow, {"workflow_id": "7"}, "workflow_id: give a workflow's id, wf_…"),
    ],
)
def test_the_field_is_named_and_what_to_give(
    message: type[BaseModel], fields: dict[str, Any], detail: str
) -> None:
    assert refused(message, fields).detail.startswith(detail)


def test_a_day_that_is_in_no_calendar_is_refused_as_such() -> None:
    told = refused(ListWorkflows, {"since": "2026-13-01T00:00:00Z"})

    assert told.detail.startswith("since: is not a valid date or time: month")


@pytest.mark.parametrize(
    "time", ["2026-11-21T00:00:00Z", "2026-11-21 15:05:38.250Z", "2026-11-21t01:00:00.5+01:00"]
)
def test_times_of_rfc_3339_are_taken_also_as_the_command_line_shows_them(time: str) -> None:
    assert ListWorkflows.model_validate({"since": time}).since


def test_the_documents_show_the_answer_to_a_port_that_is_text() -> None:
    (shown,) = blocks("json", section(DOCS / "http.md", "Errors"))
    request = {"app": {"name": "shop", "port": "8080"}, "source": {"upload_id": "up_abcdefgh"}}

    assert problem_of(refused(ContainerizeRequest, request)) == json.loads(shown)
