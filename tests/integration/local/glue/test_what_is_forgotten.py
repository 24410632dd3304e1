"""A system that runs for long holds on to what is needed, and to nothing that is over."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.integration.local.glue.conftest import NOTES
from tests.integration.local.glue.test_dynamodb_glue import put

from slipway_local.glue.dynamodb_lock import dynamodb_lock
from slipway_local.glue.dynamodb_tokens import dynamodb_tokens
from slipway_local.glue.forgotten import forgotten
from slipway_local.glue.kept_items import AT_HAND
from slipway_local.glue.kept_tables import TableKeeper, kept_tables, restore_tables
from slipway_local.kept.store import kept_in


def test_copies_of_items_are_not_collected(dynamodb: Any) -> None:
    from moto.dynamodb.models.dynamo_type import Item  # noqa: PLC0415

    def tracked() -> int:
        return len(Item.instances_tracked)  # type: ignore[attr-defined]  # of moto's metaclass

    before = tracked()
    with forgotten():
        for _ in range(3):
            dynamodb.transact_write_items(TransactItems=[put("anna"), put("boris")])
            dynamodb.scan(TableName="notes")

    assert tracked() == before


@pytest.mark.usefixtures("bare_moto")
def test_only_some_partitions_stay_in_memory_and_all_are_found(tmp_path: Path) -> None:
    import boto3  # noqa: PLC0415  (its default session is the fixture's)
    from moto.dynamodb.models import dynamodb_backends  # noqa: PLC0415

    client: Any = boto3.client("dynamodb")
    count = 3 * AT_HAND
    with kept_in(tmp_path) as kept:
        keeper = TableKeeper(kept.tables, lambda *_: None)
        with kept_tables(keeper), dynamodb_lock():
            client.create_table(**{**NOTES, "StreamSpecification": {"StreamEnabled": False}})
            restore_tables(kept.tables)
            for number in range(count):
                client.put_item(TableName="notes", Item=put(f"n{number}")["Put"]["Item"])
            backends: Any = dynamodb_backends
            items = backends["123456789012"]["eu-central-1"].tables["notes"].items
            assert len(items) == AT_HAND
            found = [
                client.get_item(TableName="notes", Key=put(f"n{number}")["Put"]["Item"])
                for number in range(count)
            ]
            assert all("Item" in each for each in found)
            assert client.scan(TableName="notes")["Count"] == count
            assert len(items) == AT_HAND


def test_a_token_is_known_by_what_it_was_used_for(dynamodb: Any) -> None:
    with dynamodb_tokens():
        for _ in range(2):
            dynamodb.transact_write_items(TransactItems=[put("anna")], ClientRequestToken="t1")
        with pytest.raises(ClientError, match="IdempotentParameterMismatch"):
            dynamodb.transact_write_items(TransactItems=[put("boris")], ClientRequestToken="t1")
