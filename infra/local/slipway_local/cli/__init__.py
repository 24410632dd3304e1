"""The command `slipway`."""

import signal
import sys


def main() -> None:
    """Every end of a command is an exit code and at most one line: none is a traceback."""
    try:
        from slipway_local.cli.ending import run

        code = run()
    except KeyboardInterrupt:
        # A second one would find a half-told line.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        from slipway_local.cli.exits import CliError, Exit, tell

        code = Exit.INTERRUPTED
        tell(CliError(code, "interrupted", code="interrupted"))
    sys.exit(code)
