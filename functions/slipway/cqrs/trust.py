"""What the owner of a deployment has said about callers."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from slipway.cqrs.arns import role_named


@dataclass(frozen=True)
class Trust:
    """`operators`: ARNs of users, roles and sessions of IAM that hold `workflows:operate`.

    `scope_claim`: where a token tells its scopes, instead of `scope` and `scp`. `scope_prefix`:
    what stands before each of them, such as the name of a resource server.
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
