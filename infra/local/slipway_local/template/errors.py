"""The error of an invalid template."""


class TemplateError(Exception):
    """The message is one sentence that names the resource or the reference."""
