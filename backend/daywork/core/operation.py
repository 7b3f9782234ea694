"""One operation: a change or a decision as a phone signed it.

``read_operation`` judges the shape of an item alone, without any state: what it
refuses is ``held: malformed`` for this item, never a refusal of the request.
What the whole request is refused for (no UTF-8 JSON, a duplicate member, an item
without an integer ``q`` or a 43 character ``h``) has been settled before.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, NamedTuple, TypedDict, cast

from daywork.core.hash_chain import (
    decode_well_formed_base64url,
    encode_base64url,
    leaf,
    link,
    linked,
)
from daywork.core.ids import ACTOR_FORM, SERVER, Actor, Dot, OperationId, TimeEntryId, uuid_of
from daywork.core.instant import INSTANT_FORM, is_calendar_instant, is_instant
from daywork.core.json_value import JsonValue
from daywork.core.verdict import Held

CHANGE_KINDS: Final = frozenset(("new", "edit", "resolve", "delete", "restore"))
DECISION_KINDS: Final = frozenset(("submit", "recall", "approve", "reject", "revoke"))
SEQUENCE_NUMBER_MAX: Final = 2**53 - 1
CONTEXT_COMPONENTS_MAX: Final = 32

_KINDS = CHANGE_KINDS | DECISION_KINDS
_CHANGE_GROUPS: Final = frozenset(("alloc", "life", "note", "time"))
_DECISION_GROUPS: Final = frozenset(("reason",))
_LEAF_MEMBERS = ("v", "n")
_COMPONENT_PARTS = 2
_NOTHING: Final[Mapping[str, JsonValue]] = {}
_NO_LEAVES: Final[Mapping[str, bytes]] = {}
_UUID_FORM = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_UUID = re.compile(_UUID_FORM)
_ENTITY = re.compile("te:" + _UUID_FORM)
_ANCHOR = re.compile(r"[A-Za-z0-9_-]{6}")
# The last character carries unused bits, which must be zero: one spelling only.
_SALT = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]")
_HASH_FORM = r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"
_HASH = re.compile(_HASH_FORM)
_DIGEST = re.compile("sha256:" + _HASH_FORM)
# All texts of an item at once, joined by spaces, which none of them holds.
_TEXTS = re.compile(
    f"(?:{'|'.join(sorted(_KINDS))}) te:{_UUID_FORM} {_UUID_FORM} {INSTANT_FORM} {_HASH_FORM}"
)
_GROUP_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}(?::[A-Za-z0-9_-]{1,64})?")


class Operation(NamedTuple):
    """A well-formed operation.

    ``context`` is as sent, each component with its anchor; ``values`` holds the
    groups that the schema knows (or a decision's ``reason``), ``leaves`` those of
    all groups that were sent, ``dropped`` the names of the unknown ones in
    ascending order. A named tuple, because one is made for every operation of a
    push and a frozen dataclass takes twice as long to make.
    """

    actor: Actor
    sequence_number: int
    id: OperationId
    entry_id: TimeEntryId
    kind: str
    context: Mapping[Actor, tuple[int, str]]
    values: Mapping[str, JsonValue]
    leaves: Mapping[str, bytes]
    digest: str | None
    written_at: str
    dropped: tuple[str, ...] = ()

    @property
    def dot(self) -> Dot:
        """The operation's place in the actor's chain."""
        return (self.actor, self.sequence_number)

    @property
    def is_decision(self) -> bool:
        """Whether this decides about a time entry instead of changing it."""
        return self.kind in DECISION_KINDS

    @property
    def written(self) -> Mapping[str, JsonValue]:
        """The groups written into the time entry: none by a decision."""
        return _NOTHING if self.kind in DECISION_KINDS else self.values


class Reading(NamedTuple):
    """What an item says by itself, read once and before anything is known of its place.

    ``added`` is what its chain hash is over beside the hash before it, None where
    the hash of this item is not defined.
    """

    added: bytes | None
    operation: Operation | Held

    def chain_hash(self, previous: bytes) -> bytes | None:
        """Return the hash that the item must carry after ``previous``, if it has one."""
        return None if self.added is None else linked(previous, self.added)


class _Group(TypedDict):
    v: JsonValue
    n: str


def read_item(actor: Actor, item: Mapping[str, JsonValue]) -> Reading:
    """Read ``item``: what it adds to the chain, and its operation or why it is held.

    The hash of an item is not defined if a member of the head is missing or ``dg``
    is null, or a group has no value, no salt or a name outside ASCII. The caller
    then holds the item as malformed and takes the sent ``h`` as the chain's hash.
    """
    try:
        leaves = _leaves(item)
        added = link(_head(actor, item), leaves)
    except (KeyError, TypeError, ValueError):
        refusal = read_operation(actor, item, {})
        return Reading(None, refusal if isinstance(refusal, Held) else Held("malformed"))
    return Reading(added, read_operation(actor, item, leaves))


def without_values(
    item: Mapping[str, JsonValue], groups: Collection[str], leaves: Mapping[str, bytes]
) -> dict[str, JsonValue]:
    """Return the item as the log keeps it without the values and salts of ``groups``.

    Their leaves stay, so that hash and signature of the chain still verify.
    """
    sent = cast("Mapping[str, JsonValue]", item.get("s", _NOTHING))
    before = cast("Mapping[str, JsonValue]", item.get("dropped", _NOTHING))
    now = {name: encode_base64url(leaves[name]) for name in groups if name in sent}
    rest = {name: group for name, group in sent.items() if name not in groups}
    return {**item, "s": rest, "dropped": {**before, **now}}


def kept_leaves(item: Mapping[str, JsonValue]) -> Mapping[str, bytes]:
    """Return the leaves of an item that the log keeps: of dropped groups only those are left."""
    dropped = cast("Mapping[str, str]", item.get("dropped", _NOTHING))
    leaves = {name: decode_well_formed_base64url(text) for name, text in dropped.items()}
    return leaves | _leaves(item)


def kept_reading(actor: Actor, item: Mapping[str, JsonValue]) -> Reading:
    """Read an item as the log keeps it; its hash is over leaves where values were dropped."""
    leaves = kept_leaves(item)
    return Reading(link(_head(actor, item), leaves), read_operation(actor, item, leaves))


def recomputed_hash(actor: Actor, item: Mapping[str, JsonValue], previous: bytes) -> bytes | None:
    """Return the hash that ``item`` must carry after ``previous``, or None if it has none."""
    return read_item(actor, item).chain_hash(previous)


def read_operation(
    actor: Actor,
    item: Mapping[str, JsonValue],
    leaves: Mapping[str, bytes] | None = None,
) -> Operation | Held:
    """Return the operation that ``item`` spells, or why it is held.

    ``leaves`` are those of its groups, if the caller has them; else they are
    computed here.
    """
    member = _misspelled_member(item)
    if member is not None:
        return Held("malformed", member)
    sent: Any = item  # Its members have been judged: a cast would cost a call.
    context = _read_context(actor, sent["q"], sent["c"])
    if context is None:
        return Held("malformed", "c")
    groups: dict[str, _Group] = sent.get("s", _NOTHING)
    kind: str = sent["by"]
    refusal = _refused_groups(kind, sent.get("dg"), groups, leaves or _NO_LEAVES)
    if refusal is not None:
        return refusal
    values = {name: part["v"] for name, part in groups.items()}
    known = _DECISION_GROUPS if kind in DECISION_KINDS else _CHANGE_GROUPS
    dropped = () if values.keys() <= known else tuple(sorted(values.keys() - known))
    for name in dropped:
        del values[name]
    if leaves is None:
        leaves = {name: _leaf(part) for name, part in groups.items()}
    return Operation(
        actor,
        sent["q"],
        OperationId(uuid_of(sent["id"])),
        TimeEntryId(uuid_of(sent["e"][3:])),
        kind,
        context,
        values,
        leaves,
        sent.get("dg"),
        sent["w"],
        dropped,
    )


def _head(actor: Actor, item: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return the members that are hashed; raises KeyError or ValueError."""
    head = {
        "actor": actor,
        "by": item["by"],
        "c": item["c"],
        "e": item["e"],
        "id": item["id"],
        "q": item["q"],
        "w": item["w"],
    }
    if "dg" in item:
        head["dg"] = item["dg"]
        if head["dg"] is None:
            msg = "a digest is absent, never null"
            raise ValueError(msg)
    return head


def _leaves(item: Mapping[str, JsonValue]) -> dict[str, bytes]:
    """Return the leaf of each group; raises KeyError, TypeError or ValueError."""
    groups = item.get("s", _NOTHING)
    if type(groups) is not dict:
        msg = "groups are an object"
        raise TypeError(msg)
    return {name: _leaf(group) for name, group in groups.items()}


def _is_kind(value: JsonValue) -> bool:
    return type(value) is str and value in _KINDS


def _is_sequence_number(value: JsonValue) -> bool:
    return type(value) is int and 1 <= value <= SEQUENCE_NUMBER_MAX


def _is_uuid(value: JsonValue) -> bool:
    return type(value) is str and _UUID.fullmatch(value) is not None


def _is_entity(value: JsonValue) -> bool:
    return type(value) is str and _ENTITY.fullmatch(value) is not None


def _is_hash(value: JsonValue) -> bool:
    return type(value) is str and _HASH.fullmatch(value) is not None


def _is_object(value: JsonValue) -> bool:
    return type(value) is dict


_MEMBER_FORMS: Final[tuple[tuple[str, Callable[[JsonValue], bool]], ...]] = (
    ("by", _is_kind),
    ("q", _is_sequence_number),
    ("id", _is_uuid),
    ("e", _is_entity),
    ("w", is_instant),
    ("h", _is_hash),
    ("c", _is_object),
)


def _misspelled_member(item: Mapping[str, JsonValue]) -> str | None:
    """Return the first member without its form, None if all have theirs."""
    texts = f"{item.get('by')} {item.get('e')} {item.get('id')} {item.get('w')} {item.get('h')}"
    if (
        _TEXTS.fullmatch(texts) is None
        or not is_calendar_instant(str(item["w"]))
        or not _is_sequence_number(item.get("q"))
        or type(item.get("c")) is not dict
    ):
        return next(m for m, has_form in _MEMBER_FORMS if not has_form(item.get(m)))
    if "s" in item and not _is_object(item["s"]):
        return "s"
    if "dg" in item:
        digest = item["dg"]
        if type(digest) is not str or _DIGEST.fullmatch(digest) is None:
            return "dg"
    return None


def _read_context(
    actor: Actor, sequence_number: int, sent: Mapping[str, object]
) -> dict[Actor, tuple[int, str]] | None:
    if len(sent) > CONTEXT_COMPONENTS_MAX:
        return None
    context: dict[Actor, tuple[int, str]] = {}
    for name, component in sent.items():
        if type(component) is not list or len(component) != _COMPONENT_PARTS:
            return None
        seen, anchor = component
        if (
            type(seen) is not int
            or not 1 <= seen <= SEQUENCE_NUMBER_MAX
            or type(anchor) is not str
            or _ANCHOR.fullmatch(anchor) is None
            or (ACTOR_FORM.fullmatch(name) is None and name != SERVER)
        ):
            return None
        context[Actor(name)] = (seen, anchor)
    # A device moves only its own component, by one.
    if actor in context and context[actor][0] >= sequence_number:
        return None
    return context


def _refused_groups(
    kind: str, digest: JsonValue, groups: Mapping[str, object], leaves: Mapping[str, bytes]
) -> Held | None:
    """Return why the groups are not what ``kind`` may have; what has a leaf has a salt."""
    for name, group in groups.items():
        if (
            type(group) is not dict
            or len(group) != len(_LEAF_MEMBERS)
            or "v" not in group
            or (name not in leaves and not _is_salt(group.get("n")))
            or (name not in _CHANGE_GROUPS and _GROUP_NAME.fullmatch(name) is None)
        ):
            return Held("malformed", "s")
    if kind in DECISION_KINDS:
        if digest is None:
            return Held("malformed", "dg")
        if groups.keys() - _DECISION_GROUPS:
            return Held("malformed", "s")
        if kind == "reject" and "reason" not in groups:
            return Held("malformed", "s.reason")
    elif "own" in groups:
        return Held("schema_unknown", "own")
    return None


def _is_salt(value: object) -> bool:
    return type(value) is str and _SALT.fullmatch(value) is not None


def _leaf(group: object) -> bytes:
    """Return the leaf of ``{v, n}``; raises KeyError, TypeError or ValueError."""
    part: Any = group
    salt = part["n"]
    if type(salt) is not str or _SALT.fullmatch(salt) is None:
        msg = "a salt is 16 bytes in base64url"
        raise ValueError(msg)
    return leaf(decode_well_formed_base64url(salt), part["v"])
