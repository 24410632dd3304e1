"""The receipt of a rollback: what it left behind, as found by inspection."""

from slipway.buses import query
from slipway.cqrs.problem import Refused
from slipway.cqrs.projection import own_view
from slipway.cqrs.request import Call
from slipway.cqrs.views import Views
from slipway.messages.queries import GetReceipt
from slipway.messages.views import ReceiptView
from slipway.saga.store import NotFound
from slipway.wiring import views


def get_receipt(query: GetReceipt, call: Call, *, views: Views) -> ReceiptView:
    """Raises NotFound, Unavailable, or Refused("no_receipt")."""
    view = own_view(views, query.workflow_id, call)
    if view is None:
        raise NotFound(query.workflow_id)
    if view.receipt is None:
        raise Refused(
            "no_receipt",
            f"nothing has been rolled back: the workflow is {view.status}",
            fix="a receipt is written at the end of a rollback",
        )
    return view.receipt


handler = query(get_receipt, GetReceipt, scope="workflows:read", views=views)
