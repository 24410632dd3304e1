"""Patterns of well-known keys and tokens, shared by redaction and by the policies.

The text is untrusted, so every unbounded quantifier is possessive.
"""

import re

_ISSUED = (
    *(r"gh[opsur]_", "github_pat_", "glpat-", "dckr_pat_", "pypi-AgE", r"xox[abeoprs]-"),
    *(r"[rs]k_live_", "sk-proj-", r"hvs\.", r"SG\.", "AIza"),
)
_BEGINS = r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
_ENDS = r"-----END [A-Z0-9 ]{0,60}-----"
_UNTIL_THE_END = rf"(?:[^-]++|-(?!----))*+{_ENDS}"
_PRIVATE_KEY = rf"{_BEGINS}(?:{_UNTIL_THE_END}|[\w+/=\\\s]*+)"  # or truncated
_SHAPES = (
    _PRIVATE_KEY,
    rf"(?<![A-Za-z0-9])(?:{'|'.join(_ISSUED)})[\w.-]{{16,}}+",
    r"(?<![A-Za-z0-9])npm_[A-Za-z0-9]{16,}+",  # npm's own variables have another _
    r"(?<![A-Za-z0-9])A[KS]IA[A-Z0-9]{16}(?![A-Za-z0-9])",
    r"(?<![\w-])eyJ[\w-]{5,}+\.[\w-]{8,}+\.[\w-]*+",
    r"(?<![A-Za-z0-9])AGE-SECRET-KEY-\w++",
    r"(?<=[?&]sig=)[^\s&\"'<>]++",
    r"(?<=[?&]X-Amz-Signature=)[^\s&\"'<>]++",
    r"(?<=//hooks\.slack\.com/services/)[\w/-]++",
    r"(?<=/api/webhooks/)\d++/[\w-]++",
    r"(?<=/bot)\d++:[\w-]{20,}+",
)
KEY, KEY_BEGINS, KEY_ENDS = re.compile(_PRIVATE_KEY), re.compile(_BEGINS), re.compile(_ENDS)
KEY_IN_FULL = re.compile(_BEGINS + _UNTIL_THE_END)
SHAPED = re.compile("|".join(_SHAPES))
"""Matches the secret and nothing around it; it has no groups."""
