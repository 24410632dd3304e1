"""The whole system on one machine: the same handlers, state machine and tables as on AWS."""
