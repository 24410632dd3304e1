"""DynamoDB behaves like DynamoDB, also for threads, transactions and streams."""

import sys
import threading
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from slipway_local.glue.dynamodb_lock import dynamodb_lock
from slipway_local.glue.dynamodb_queries import dynamodb_queries
from slipway_local.glue.dynamodb_streams import dynamodb_streams
from slipway_local.glue.dynamodb_tokens import dynamodb_tokens
from slipway_local.glue.dynamodb_transactions import dynamodb_transactions
from slipway_local.glue.dynamodb_values import dynamodb_values


def put(name: str, **more: object) -> dict[str, Any]:
    item = {"pk": {"S": name}, "sk": {"S": "NOTE"}}
    return {"Put": {"TableName": "notes", "Item": item, **more}}


def update(name: str, expression: str, **values: str) -> dict[str, Any]:
    return {
        "Update": {
            "TableName": "notes",
            "Key": {"pk": {"S": name}, "sk": {"S": "NOTE"}},
            "UpdateExpression": expression,
            "ExpressionAttributeValues": {f":{key}": {"N": text} for key, text in values.items()},
        }
    }


def names(client: Any) -> list[str]:
    return sorted(item["pk"]["S"] for item in client.scan(TableName="notes")["Items"])


def test_no_call_begins_while_another_is_inside(
    dynamodb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moto.dynamodb.responses import DynamoHandler  # noqa: PLC0415

    inside: list[int] = []
    at_once: list[int] = []
    original = DynamoHandler.call_action

    def watched(handler: Any) -> Any:
        inside.append(1)
        at_once.append(len(inside))
        sys.setswitchinterval(1e-6)
        try:
            return original(handler)
        finally:
            inside.pop()

    monkeypatch.setattr(DynamoHandler, "call_action", watched)
    interval = sys.getswitchinterval()

    def write(thread: int) -> None:
        for number in range(20):
            item = put(f"{thread}-{number}")["Put"]
            dynamodb.put_item(**item)

    with dynamodb_lock():
        threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    sys.setswitchinterval(interval)

    assert max(at_once) == 1
    assert len(names(dynamodb)) == 120


def test_a_transaction_is_all_or_nothing_and_says_which_condition_failed(dynamodb: Any) -> None:
    with dynamodb_transactions():
        dynamodb.transact_write_items(TransactItems=[put("anna")])
        items = [put("berta"), put("anna", ConditionExpression="attribute_not_exists(pk)")]
        with pytest.raises(ClientError) as refused:
            dynamodb.transact_write_items(TransactItems=items)

    reasons = [reason["Code"] for reason in refused.value.response["CancellationReasons"]]
    assert reasons == ["None", "ConditionalCheckFailed"]
    assert names(dynamodb) == ["anna"]


def test_a_transaction_that_failed_has_sent_nothing_to_the_stream(dynamodb: Any) -> None:
    noted: list[str] = []
    with dynamodb_transactions(), dynamodb_streams(lambda _, record: noted.append(key(record))):
        items = [put("anna"), put("berta", ConditionExpression="attribute_exists(pk)")]
        with pytest.raises(ClientError):
            dynamodb.transact_write_items(TransactItems=items)
        dynamodb.transact_write_items(TransactItems=[put("carla"), put("dora")])

    assert noted == ["carla", "dora"]


def test_a_transaction_updates_deletes_and_checks(dynamodb: Any) -> None:
    with dynamodb_transactions():
        dynamodb.transact_write_items(TransactItems=[put("anna"), put("berta"), put("carla")])
        where = {"TableName": "notes", "Key": {"pk": {"S": "berta"}, "sk": {"S": "NOTE"}}}
        check = {
            "TableName": "notes",
            "Key": {"pk": {"S": "carla"}, "sk": {"S": "NOTE"}},
            "ConditionExpression": "attribute_exists(pk)",
        }
        dynamodb.transact_write_items(
            TransactItems=[
                update("anna", "SET amount = :size", size="3"),
                {"Delete": where},
                {"ConditionCheck": check},
            ]
        )

    assert names(dynamodb) == ["anna", "carla"]
    found = dynamodb.get_item(TableName="notes", Key={"pk": {"S": "anna"}, "sk": {"S": "NOTE"}})
    assert found["Item"]["amount"] == {"N": "3"}


def test_a_transaction_does_not_take_longer_the_more_the_table_holds(dynamodb: Any) -> None:
    with dynamodb_transactions():
        for batch in range(20):
            items = [put(f"{batch}-{number}") for number in range(100)]
            dynamodb.transact_write_items(TransactItems=items)
        began = time.perf_counter()
        dynamodb.transact_write_items(TransactItems=[put("one more")])

    assert time.perf_counter() - began < 0.1, "copying 2,000 items takes 0.5 s"


def test_a_query_looks_at_no_other_partition(
    dynamodb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moto.dynamodb.models.table import Table  # noqa: PLC0415

    seen: list[int] = []
    original = Table.all_items

    def counting(table: Table) -> Any:
        found = original(table)
        seen.append(len(found))
        return found

    monkeypatch.setattr(Table, "all_items", counting)
    for name in ("anna", "berta", "carla"):
        dynamodb.put_item(**put(name)["Put"])
    with dynamodb_queries():
        found = [ask(dynamodb, name) for name in ("berta", "nobody")]

    assert found == [["berta"], []]
    assert seen == [1, 0]


def ask(client: Any, name: str) -> list[str]:
    answer = client.query(
        TableName="notes",
        KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
        ExpressionAttributeValues={
            ":pk": {"S": name},
            ":first": {"S": "A"},
            ":last": {"S": "Z"},
        },
    )
    return [item["pk"]["S"] for item in answer["Items"]]


def test_every_type_of_value_comes_back_and_only_that_type_is_looked_for(
    dynamodb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moto.core.serialize import ResponseSerializer  # noqa: PLC0415

    note: dict[str, Any] = {
        "pk": {"S": "anna"},
        "sk": {"S": "NOTE"},
        "empty": {"NULL": True},
        "no": {"BOOL": False},
        "size": {"N": "3"},
        "raw": {"B": b"tea"},
        "teas": {"SS": ["assam", "sencha"]},
        "more": {"M": {"list": {"L": [{"N": "1"}, {"S": ""}]}}},
    }
    dynamodb.put_item(TableName="notes", Item=note)
    looked_for: list[str] = []
    original = ResponseSerializer.get_value

    def watched(serializer: Any, value: Any, key: str, shape: Any) -> Any:
        looked_for.append(key)
        return original(serializer, value, key, shape)

    monkeypatch.setattr(ResponseSerializer, "get_value", watched)
    with dynamodb_values():
        found = dynamodb.get_item(TableName="notes", Key={k: note[k] for k in ("pk", "sk")})

    assert found["Item"] == note
    assert len(looked_for) < 20, "moto alone looks for more than a hundred"


def test_a_transaction_that_is_sent_again_is_applied_once(dynamodb: Any) -> None:
    with dynamodb_transactions(), dynamodb_tokens():
        dynamodb.transact_write_items(TransactItems=[update("anna", "SET amount = :z", z="0")])
        again = [update("anna", "ADD amount :one", one="1")]
        for _ in range(3):
            dynamodb.transact_write_items(TransactItems=again, ClientRequestToken="token-1")

    found = dynamodb.get_item(TableName="notes", Key={"pk": {"S": "anna"}, "sk": {"S": "NOTE"}})
    assert found["Item"]["amount"] == {"N": "1"}


def test_a_token_with_another_transaction_is_refused(dynamodb: Any) -> None:
    with dynamodb_tokens():
        dynamodb.transact_write_items(TransactItems=[put("anna")], ClientRequestToken="token-2")
        with pytest.raises(ClientError) as refused:
            dynamodb.transact_write_items(TransactItems=[put("eva")], ClientRequestToken="token-2")

    assert refused.value.response["Error"]["Code"] == "IdempotentParameterMismatchException"


def test_a_record_shows_the_item_as_it_was_when_it_was_written(dynamodb: Any) -> None:
    noted = []
    with dynamodb_streams(lambda table, record: noted.append((table, record))):
        dynamodb.put_item(**put("anna")["Put"])
        dynamodb.update_item(**update("anna", "SET amount = :z", z="1")["Update"])
        dynamodb.update_item(**update("anna", "SET amount = :z", z="2")["Update"])
        where = {"pk": {"S": "anna"}, "sk": {"S": "NOTE"}}
        dynamodb.delete_item(TableName="notes", Key=where)

    assert [table for table, _ in noted] == ["notes"] * 4
    records = [record for _, record in noted]
    assert [record["eventName"] for record in records] == ["INSERT", "MODIFY", "MODIFY", "REMOVE"]
    assert records[1]["dynamodb"]["NewImage"]["amount"] == {"N": "1"}
    assert records[2]["dynamodb"]["OldImage"]["amount"] == {"N": "1"}
    assert "NewImage" not in records[3]["dynamodb"]
    numbers = [int(record["dynamodb"]["SequenceNumber"]) for record in records]
    assert numbers == sorted(set(numbers))


def key(record: Any) -> str:
    return str(record["dynamodb"]["Keys"]["pk"]["S"])
