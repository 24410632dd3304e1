"""`slipway new`: generate a command, query or step, with its test and all derived files."""
