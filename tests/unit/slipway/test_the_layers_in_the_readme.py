"""What the README shows of each layer runs as it stands there."""

import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.documents import README, blocks, section

from slipway import messages
from slipway.cqrs import Ok
from slipway.saga.state import WorkflowRecord

IMPORT = re.compile("from|import")


def shown() -> list[str]:
    return blocks("python", section(README, "The layers as a toolkit"))


def pasted(layer: int) -> dict[str, Any]:
    """What is there after a stranger has pasted it into a program that has nothing else."""
    names: dict[str, Any] = {"__name__": "readme"}
    exec(compile(shown()[layer], str(README), "exec"), names)  # noqa: S102  (our own text)
    return names


def test_each_layer_is_shown_in_ten_lines_beside_its_imports() -> None:
    assert len(shown()) == 4
    for block in shown():
        code = [line for line in block.splitlines() if line.strip()]
        assert len([line for line in code if not IMPORT.match(line)]) <= 10, block


def test_a_batch_fails_for_the_one_message_that_nobody_handles() -> None:
    shop = pasted(layer=0)

    told = shop["handler"]({"Records": [queued("placed"), queued("eaten")]})

    assert told == {"batchItemFailures": [{"itemIdentifier": "eaten"}]}
    (follow_up,) = shop["follow_ups"]
    assert follow_up.data == {"product": "kettle"}
    assert follow_up.attributes.causation_id == "1"


def queued(kind: str) -> dict[str, Any]:
    event = {"specversion": "1.0", "id": "1", "source": "shop", "type": f"order.{kind}"}
    return {
        "messageId": kind,
        "body": json.dumps(event | {"data": {"product": "kettle"}}),
        "eventSourceARN": "arn:aws:sqs:eu-west-1:1:orders",
        "attributes": {"ApproximateReceiveCount": "1"},
    }


def test_a_command_is_answered_with_a_value_and_audited_also_when_it_is_refused(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "slipway.audit")

    bank = pasted(layer=1)

    assert bank["opened"] == Ok("account of anna")
    assert bank["refused"].error.code == "not_yours"
    assert caplog.messages == ["command_accepted", "command_refused"]


def test_a_saga_that_fails_leaves_nothing() -> None:
    shop = pasted(layer=2)

    order = shop["order"]
    assert (order.status, order.error.code, order.receipt.clean) == ("COMPENSATED", "no_van", True)
    assert shop["sagas"].ports == {"shelf": {}}


def test_the_outbox_tells_each_event_and_its_hearer_keeps_it_once() -> None:
    shop = pasted(layer=3)
    noon = datetime(2030, 3, 1, 12, tzinfo=UTC)
    order = WorkflowRecord(
        workflow_id="wf_kettle42",
        definition="orders",
        definition_version="1",
        owner="anna",
        request={"product": "kettle"},
        created_at=noon,
        updated_at=noon,
    )

    shop["place"](order)
    shop["tell"](
        shop["store"].events(order.workflow_id), *2 * [shop["Subscriber"]()], shop["store"]
    )

    assert shop["inbox"] == {"wf_kettle42-000001": "slipway.workflow.requested"}


def test_each_public_name_of_the_message_layer_is_there() -> None:
    assert set(messages.__all__) == set(messages._HOME)
    for name in messages.__all__:
        assert getattr(messages, name) is not None
    with pytest.raises(AttributeError):
        getattr(messages, "Envelope")  # noqa: B009  (a name that is not there)


def test_the_message_layer_runs_where_there_is_nothing_else_of_slipway(tmp_path: Path) -> None:
    package = Path(messages.__file__).parent
    modules = [
        ".".join(("slipway", *path.relative_to(package.parent).with_suffix("").parts))
        for path in package.rglob("*.py")
    ]

    alone(tmp_path, "messages")

    assert run(tmp_path, shown()[0], modules) == str(tmp_path / "slipway" / "__init__.py")


def test_the_buses_run_where_there_is_no_saga_no_adapter_and_no_product(tmp_path: Path) -> None:
    """The door to them too, which is a Lambda behind the HTTP API."""
    alone(tmp_path, "messages", "cqrs", "errors.py", "inbox.py", "fingerprint.py")

    here = run(tmp_path, shown()[1], ["slipway.cqrs", "slipway.cqrs.http"])

    assert here == str(tmp_path / "slipway" / "__init__.py")


def alone(folder: Path, *parts: str) -> None:
    """A slipway that has these parts only."""
    whole, part = Path(messages.__file__).parents[1], folder / "slipway"
    for name in parts:
        if (whole / name).is_dir():
            shutil.copytree(whole / name, part / name)
        else:
            shutil.copy(whole / name, part)
    (part / "__init__.py").touch()


def run(folder: Path, code: str, modules: list[str]) -> str:
    """Runs the code in a process of its own, imports the modules, tells whose slipway it had."""
    (folder / "shown.py").write_text(code)
    script = (
        f"import shown, importlib, slipway\nfor each in {modules}: importlib.import_module(each)\n"
        "print(slipway.__file__)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env={"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    return told.stdout.strip()


@pytest.mark.parametrize("name", ["Router", "serve_sqs", "cloudevents", "JsonMarshaller"])
def test_a_cold_start_loads_only_what_it_asks_for(name: str) -> None:
    """Neither pydantic nor Protobuf, nor the rest of Slipway."""
    script = (
        f"import sys; from slipway.messages import {name}; "
        "print([m for m in sys.modules if m.split('.')[0] in ('pydantic', 'google', 'boto3') "
        "or m.startswith('slipway.') and not m.startswith('slipway.messages')])"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert told.stdout.strip() == "[]"
