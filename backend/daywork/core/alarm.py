"""Which answers to a push mean that somebody should look: no honest phone earns them."""

from collections.abc import Mapping

from daywork.core.json_value import JsonValue


def alarm_of(result: Mapping[str, JsonValue]) -> str | None:
    """Return the kind of alarm that an item's result is, or None.

    ``bad_hash``: the chain was changed on its way. ``digest_mismatch``: a decision binds
    content that nobody can have seen. ``context``: an author claims to have seen its own
    later operations.
    """
    code = result.get("code")
    if code == "bad_hash":
        return "bad_hash"
    if result.get("note") == "digest_mismatch":
        return "digest_mismatch"
    return "context" if code == "malformed" and result.get("field") == "c" else None
