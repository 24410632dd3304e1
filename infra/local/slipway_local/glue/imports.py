"""Import moto's Step Functions without the EC2 model behind its Batch integration.

That import takes a second, a third of the whole start, for a service that Slipway does not use.
"""

import enum
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager

_BATCH, _BATCH_UTILS = "moto.batch", "moto.batch.utils"


@contextmanager
def light_imports() -> Iterator[None]:
    """Import moto inside the block; the omitted modules can be imported normally afterwards."""
    if _BATCH in sys.modules:
        yield
        return
    package, utils = types.ModuleType(_BATCH), types.ModuleType(_BATCH_UTILS)
    utils.__dict__["JobStatus"] = enum.Enum("JobStatus", "SUCCEEDED FAILED")
    sys.modules[_BATCH], sys.modules[_BATCH_UTILS] = package, utils
    try:
        yield
    finally:
        for name, stand_in in ((_BATCH, package), (_BATCH_UTILS, utils)):
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]
