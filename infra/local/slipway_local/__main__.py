"""`python -m slipway_local`: the same as the command `slipway`."""

from slipway_local.cli import main

if __name__ == "__main__":
    main()
