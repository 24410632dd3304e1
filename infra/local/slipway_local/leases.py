"""A lease to undo ends with the process that held it: every function it had called died too.

On AWS a function may outlive its execution, so there a lease has to run out.
"""

import json
from collections.abc import Iterable
from typing import Any

from slipway import wiring
from slipway.adapters.dynamodb_items import WORKFLOW_SK, key, workflow_pk
from slipway_local.kept.executions import KeptExecution
from slipway_local.services import client


def free_leases(executions: Iterable[KeptExecution]) -> None:
    """Before anything of this process undoes. Only leases that one of these holds."""
    dynamodb = client("dynamodb")
    for execution in executions:
        if workflow_id := json.loads(execution.input).get("workflow_id"):
            _free(dynamodb, workflow_id, execution.name)


def _free(dynamodb: Any, workflow_id: str, holder: str) -> None:
    try:
        dynamodb.update_item(
            TableName=wiring.settings().write_table,
            Key=key(workflow_pk(workflow_id), WORKFLOW_SK),
            UpdateExpression="REMOVE lease",
            ConditionExpression="lease.holder = :holder",
            ExpressionAttributeValues={":holder": {"S": holder}},
        )
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return
