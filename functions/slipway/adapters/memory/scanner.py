"""In-memory implementation of the scanner port, with a fixed result."""

from slipway.containerize.scanning import ScanReport

_REHEARSED = ScanReport(status="not_scanned", scanner="rehearsal", reason="this is a rehearsal")


class MemoryScanner:
    """Returns the given report, or raises the given error; by default nothing was scanned."""

    name = "rehearsal"

    def __init__(self, answer: ScanReport | Exception = _REHEARSED) -> None:
        self._answer = answer
        self.asked: list[str] = []

    def scan(self, image_id: str) -> ScanReport:
        self.asked.append(image_id)
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer
