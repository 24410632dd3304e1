"""The Lambda context object of an invocation."""

import time
import uuid


class LambdaContext:
    """The attributes that Lambda documents; the remaining time counts from construction."""

    aws_request_id: str
    log_stream_name = "local"
    identity = None
    client_context = None
    function_version = "$LATEST"

    def __init__(self, function_name: str, arn: str, timeout_s: float, memory_mb: int) -> None:
        self.aws_request_id = str(uuid.uuid4())
        self.function_name = function_name
        self.invoked_function_arn = arn
        self.log_group_name = f"/aws/lambda/{function_name}"
        self.memory_limit_in_mb = memory_mb
        self._ends_at = time.monotonic() + timeout_s

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._ends_at - time.monotonic()) * 1000))
