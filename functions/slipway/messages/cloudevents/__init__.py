"""CloudEvents 1.0 in JSON: structured mode, batches, and the HTTP binding's binary mode.

Strict where the specification says MUST, and also about short names of extensions, which it only
recommends. A marshaller first turns other data into a JSON value.
"""

from slipway.messages.cloudevents.http import from_http, to_http
from slipway.messages.cloudevents.structured import (
    BATCH_MEDIA_TYPE,
    MEDIA_TYPE,
    from_batch,
    from_dict,
    from_json,
    to_batch,
    to_dict,
    to_json,
)

__all__ = [
    "BATCH_MEDIA_TYPE",
    "MEDIA_TYPE",
    "from_batch",
    "from_dict",
    "from_http",
    "from_json",
    "to_batch",
    "to_dict",
    "to_http",
    "to_json",
]
