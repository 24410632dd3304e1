"""`slipway new`: a command, a query or a step, with its test and all that follows from it."""
