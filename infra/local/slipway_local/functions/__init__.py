"""The Lambda service: functions by name, called in this process."""
