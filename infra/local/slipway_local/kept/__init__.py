"""What outlives the process: tables, objects, executions and what is on its way, in one file."""
