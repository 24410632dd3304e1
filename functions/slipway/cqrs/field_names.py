"""Cut a field's path to names from our schemas: names that clients made up stay out of logs."""

from typing import Any, get_args

from pydantic import BaseModel

_OF_REQUESTS = {"body", "Authorization", "Content-Type", "Idempotency-Key"}


def name_of_field(message: type[BaseModel], field: str | None) -> str | None:
    """`app.env.HUNTER2` becomes `app.env`; None when the message's type has no part of it."""
    if field is None or field in _OF_REQUESTS:
        return field
    known: list[str] = []
    model: type[BaseModel] | None = message
    for part in field.split("."):
        info = model.model_fields.get(part) if model else None
        if info is None:
            break
        known.append(part)
        model = _model_in(info.annotation)
    return ".".join(known) or None


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model in an annotation such as `Model | None`."""
    parts = (annotation, *get_args(annotation))
    return next((p for p in parts if isinstance(p, type) and issubclass(p, BaseModel)), None)
