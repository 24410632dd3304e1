"""Claim idempotency keys in the write table before a command takes effect."""

from collections.abc import Mapping
from typing import Any

from slipway.adapters import dynamodb_items as items
from slipway.adapters.aws_errors import aws_errors
from slipway.adapters.dynamodb_writing import WriteTable
from slipway.saga.store import Inbox


class DynamoDbClaims(WriteTable):
    """Implements `slipway.cqrs.delivery.Claims`."""

    def claim(self, inbox: Inbox) -> Inbox:
        """One conditional write; when it fails, DynamoDB returns the existing item."""
        now = self._now()
        put = self._put_unused(inbox, None, now)["Put"]
        with aws_errors("write the write table", self._refusals):
            try:
                self._client.put_item(**put)
            except self._client.exceptions.ConditionalCheckFailedException as error:
                refusal: Mapping[str, Any] = error.response
                return items.read_inbox(refusal["Item"], now) or inbox
        return inbox
