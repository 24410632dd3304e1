"""Redact private keys that span several log lines, each behind the log's own prefix."""

import re
from collections import deque
from dataclasses import dataclass
from typing import Self

from slipway.containerize.token_shapes import KEY, KEY_BEGINS, KEY_ENDS, KEY_IN_FULL

_HIDDEN = "***"
_OF_A_KEY = "PRIVATE KEY"
_ANY_BEGINS = "-----BEGIN "
_BASE64 = re.compile(r"=?[A-Za-z0-9+/]++=*+")
_BOTH_CASES = (re.compile("[a-z]"), re.compile("[A-Z]"))
_SURE = 40
"""A mixed-case base64 word of this length is key material, whatever precedes it."""
_HEADERS = {"Proc-Type:", "DEK-Info:", "Version:", "Comment:", "Charset:", "Hash:", "MessageID:"}
_PUNCTUATION = "\"'`,;|>+-"
"""Added by the log, or by a program whose text contains the key."""
_STEP = re.compile(r"#\d{1,6} ")
"""BuildKit's prefix; the output of concurrent steps is interleaved."""
_OTHERS_AMID = 32
"""Consecutive unrelated lines allowed within a key; after more, the key was truncated."""


@dataclass(frozen=True)
class _Margin:
    """The text before a key: a number of words, a prefix of the key's word, a BuildKit step."""

    words: int
    glued: str
    step: str

    @classmethod
    def of(cls, before: str) -> Self:
        words, step = before.split(), _STEP.match(before)
        glued = words.pop() if words and not before[-1].isspace() else ""
        return cls(len(words), glued, step[0] if step else "")

    def precedes_key(self, line: str) -> bool:
        """Whether the rest of the line may be part of a key: a base64 word, or a header."""
        words = self.words_of(line)
        return any(
            (len(words) == before + 1 and _BASE64.fullmatch(words[before]))
            or (len(words) > before + 1 and words[before] in _HEADERS)
            for before in {0, self.words}
        )

    def words_of(self, line: str) -> list[str]:
        words = [self._bare(word) for word in line.split()]
        while words and not words[-1]:
            words.pop()
        return words

    def is_surely_key(self, line: str) -> bool:
        last = self._bare((line.rstrip(_PUNCTUATION + " \t").split() or [""])[-1])
        mixed = all(letters.search(last) for letters in _BOTH_CASES)
        return len(last) >= _SURE and mixed and _BASE64.fullmatch(last) is not None

    def _bare(self, word: str) -> str:
        bare = word.removeprefix(self.glued).strip(_PUNCTUATION)
        return bare.removesuffix("\\n").removesuffix("\\r")


class KeyLines:
    """Redacts one log piece by piece, and remembers whether a key has begun."""

    def __init__(self) -> None:
        self._margin: _Margin | None = None
        self._whole = True
        self._others = 0

    def shown(self, text: str) -> str | None:
        """Return the lines without keys, and the text after a key's end; None if all is hidden."""
        if self._margin is None and _OF_A_KEY not in text:
            return text
        lines = map(self._line, KEY_IN_FULL.sub(_HIDDEN, text).split("\n"))
        shown = [line for line in lines if line is not None]
        return "\n".join(shown) if shown else None

    def _line(self, line: str) -> str | None:
        margin = self._margin
        if margin and line.startswith(margin.step) and (end := KEY_ENDS.search(line)):
            self._margin = margin = None
            line = line[end.end() :]
            if not line.strip():
                return None
        if _ANY_BEGINS in line:
            self._margin, self._whole, self._others = _begun(line), True, 0
            return KEY.sub(_HIDDEN, line)
        if margin and self._hides(line, margin):
            self._whole, self._others = True, 0
            return None
        return line

    def _hides(self, line: str, margin: _Margin) -> bool:
        """Hide possible key lines; after an unrelated line of the same step, only certain ones."""
        own = line.startswith(margin.step)
        if margin.is_surely_key(line) or (own and self._whole and margin.precedes_key(line)):
            return True
        if len(margin.words_of(line)) > margin.words:
            self._others += 1
            self._whole = self._whole and not own
        if self._others > _OTHERS_AMID:
            self._margin = None
        return False


def without_keys(text: str) -> str:
    """Redact whole lines, even if the first key lacks its beginning, or the last its end."""
    if _OF_A_KEY not in text:
        return text
    return KeyLines().shown(_without_headless(text)) or ""


def _without_headless(text: str) -> str:
    """Redact a key without its beginning: the end of a log may start inside a key."""
    begin, end = KEY_BEGINS.search(text), KEY_ENDS.search(text)
    if end is None or _OF_A_KEY not in end[0] or (begin and begin.start() < end.start()):
        return text
    *lines, before = text[: end.start()].split("\n")
    margin, rows = _Margin.of(before), list[str]()
    while lines and margin.precedes_key(lines[-1]):
        rows.append(lines.pop())
    behind = text[end.end() :]
    is_mentioned = re.match(r"[^\n]*\w{2}", behind) and not any(map(margin.is_surely_key, rows))
    return text if is_mentioned or not rows else "\n".join([*lines, _HIDDEN + behind])


def _begun(line: str) -> _Margin | None:
    """Return the margin of the line's last key, None if it is only mentioned in a sentence."""
    last = deque(KEY_BEGINS.finditer(line), maxlen=1)
    if not last:
        return None
    margin, behind = _Margin.of(line[: last[0].start()]), line[last[0].end() :]
    rest = margin.words_of(behind)
    return None if len(rest) > 1 or KEY_ENDS.search(behind) else margin
