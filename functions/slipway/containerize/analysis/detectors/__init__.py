"""The registry of detectors: a language is one module and one line here."""

from collections.abc import Callable

from slipway.containerize.analysis.detectors.dockerfile import detect as dockerfile
from slipway.containerize.analysis.detectors.go import detect as go
from slipway.containerize.analysis.detectors.node import detect as node
from slipway.containerize.analysis.detectors.python import detect as python
from slipway.containerize.analysis.detectors.static import detect as static
from slipway.containerize.analysis.folder import Folder
from slipway.containerize.analysis.model import Component

Detector = Callable[[Folder], Component | None]

# On equal confidence, the first one wins.
DETECTORS: tuple[Detector, ...] = (dockerfile, python, node, go, static)
