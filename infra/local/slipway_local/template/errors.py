"""What can be wrong with a template."""


class TemplateError(Exception):
    """One sentence that names the resource or the reference."""
