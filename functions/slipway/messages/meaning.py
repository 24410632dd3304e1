"""Replace the error messages of a text's constraints by one sentence."""

from pydantic import ValidationError, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import PydanticCustomError


def meaning(sentence: str) -> WrapValidator:
    """Add it beside the constraints: its sentence is the error of any text that violates them.

    Values that are not texts keep pydantic's own error.
    """

    def check(value: object, validate: ValidatorFunctionWrapHandler) -> str:
        try:
            return str(validate(value))
        except ValidationError:
            if not isinstance(value, str):
                raise
            raise PydanticCustomError("unfit", "{sentence}", {"sentence": sentence}) from None

    return WrapValidator(check)
