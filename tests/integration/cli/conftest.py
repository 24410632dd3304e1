"""The shell that each test of the command line is given."""

from tests.shell import shell

__all__ = ["shell"]
