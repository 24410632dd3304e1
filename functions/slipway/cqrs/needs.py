"""What a caller needs for each message."""

from collections.abc import Mapping

from slipway.cqrs.authority import OPERATE, READ, WRITE, Scope

NEEDS: Mapping[str, Scope] = {
    "OfferUpload": WRITE,
    "ContainerizeRequest": WRITE,
    "CancelWorkflow": WRITE,
    "RollBackWorkflow": WRITE,
    "ResolveStep": OPERATE,
    "Sweep": OPERATE,
    "ListWorkflows": READ,
    "GetWorkflow": READ,
    "GetTimeline": READ,
    "GetReceipt": READ,
    "GetUndoPlan": READ,
    "GetArtifact": READ,
    "GetHealth": "public",
}
