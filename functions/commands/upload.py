"""Create a presigned URL to upload a source archive."""

from slipway.buses import command
from slipway.cqrs import answers
from slipway.cqrs.ids import upload_id
from slipway.cqrs.problem import Refused
from slipway.cqrs.request import Call
from slipway.cqrs.transfers import Transfers
from slipway.messages.commands import OfferUpload
from slipway.messages.views import UploadOffer
from slipway.settings import Settings
from slipway.wiring import claims, settings, uploads

_MB = 1_000_000


def offer_upload(
    command: OfferUpload, call: Call, *, uploads: Transfers, settings: Settings
) -> UploadOffer:
    """The same Idempotency-Key returns the same upload with a new URL: URLs are not stored.

    A size that was not declared is checked when the source is fetched.
    """
    limit_bytes = settings.source_max_mb * _MB
    if command.size_bytes is not None and command.size_bytes > limit_bytes:
        raise Refused(
            "invalid_request",
            f"size_bytes: {command.size_bytes} is over the limit of {limit_bytes}",
            field="size_bytes",
            fix="leave dependencies, build results and .git out of the archive",
        )
    upload = upload_id(call)
    link = uploads.to_put(f"uploads/{upload}", command.size_bytes)
    return UploadOffer(upload_id=upload, max_size_bytes=limit_bytes, **link.model_dump())


handler = command(
    offer_upload,
    OfferUpload,
    answers.created,
    scope="workflows:write",
    claims=claims,
    uploads=uploads,
    settings=settings,
)
