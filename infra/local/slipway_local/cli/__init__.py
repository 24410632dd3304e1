"""The command line interface, `slipway`."""

import signal
import sys


def main() -> None:
    """Run the command. It ends with an exit code and at most one line, never a traceback."""
    try:
        from slipway_local.cli.ending import run

        code = run()
    except KeyboardInterrupt:
        # A second Ctrl-C would interrupt the message.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        from slipway_local.cli.exits import CliError, Exit, tell

        code = Exit.INTERRUPTED
        tell(CliError(code, "interrupted", code="interrupted"))
    sys.exit(code)
