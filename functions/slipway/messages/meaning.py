"""What a pattern means, in words for whoever's text does not fit it."""

from pydantic import ValidationError, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import PydanticCustomError


def meaning(sentence: str) -> WrapValidator:
    """Beside the constraints of a text: the sentence is all that is said of one that fails.

    Of what is no text pydantic says so itself.
    """

    def check(value: object, validate: ValidatorFunctionWrapHandler) -> str:
        try:
            return str(validate(value))
        except ValidationError:
            if not isinstance(value, str):
                raise
            raise PydanticCustomError("unfit", "{sentence}", {"sentence": sentence}) from None

    return WrapValidator(check)
