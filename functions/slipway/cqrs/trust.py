"""How this deployment grants scopes to callers."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from slipway.cqrs.arns import role_named


@dataclass(frozen=True)
class Trust:
    """`operators`: ARNs of IAM users, roles and sessions that hold `workflows:operate`.

    `scope_claim`: the token claim that holds the scopes, instead of `scope` and `scp`.
    `scope_prefix`: the prefix of each scope, such as the name of a resource server.
    """

    operators: AbstractSet[str] = frozenset()
    scope_claim: str | None = None
    scope_prefix: str = ""

    @classmethod
    def of(
        cls, operators: Iterable[str], scope_claim: str | None = None, scope_prefix: str = ""
    ) -> "Trust":
        """Roles may be given with their path, as the console of IAM shows them."""
        return cls(frozenset(map(role_named, operators)), scope_claim, scope_prefix)
