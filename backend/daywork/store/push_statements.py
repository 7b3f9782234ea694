"""The statements of the push path. Table and column names are those of the rows."""

from daywork.store.statements import Select, SelectEach, Update, Upsert

OPERATION_COLUMNS = {
    "organisation_id": "uuid",
    "actor": "text",
    "sequence_number": "bigint",
    "chain_hash": "bytea",
    "id": "uuid",
    "entry_id": "uuid",
    "person_id": "uuid",
    "roles": "text",
    "schema_number": "integer",
    "received_at": "bigint",
    "held_code": "text",
    "alias_of": "text",
    "item": "text",
    "result": "text",
}
_LOGGED = {name: kind for name, kind in OPERATION_COLUMNS.items() if name != "organisation_id"}
_ENTRY = {"id": "uuid", "revision": "bigint", "content": "text"}

COUNTER = Select(
    {"revision": "bigint", "reference_revision": "bigint"},
    "sync_counter",
    "organisation_id = {0}",
    scalars=1,
    lock="FOR UPDATE",
)
MEMBERS = Select(
    {"id": "uuid", "name": "text", "roles": "text", "manager_id": "uuid"},
    "person",
    "organisation_id = {0}",
    scalars=1,
)
PROJECTS = Select(
    {"id": "uuid", "is_closed": "boolean"}, "project", "organisation_id = {0}", scalars=1
)
APPROVERS = Select(
    {"project_id": "uuid", "person_id": "uuid"},
    "project_approver",
    "organisation_id = {0} AND to_revision IS NULL",
    scalars=1,
)
TASKS = Select({"id": "uuid", "project_id": "uuid"}, "task", "organisation_id = {0}", scalars=1)
CLOCK_SEALS = Select(
    {"entry_id": "uuid", "number": "bigint", "clock": "text"},
    "clock_seal",
    "organisation_id = {0}",
    scalars=1,
    keys={"entry_id": "uuid"},
)
CLOSED_PERIODS = Select(
    {"through_date": "text"}, "closed_period", "organisation_id = {0}", scalars=1
)
DEVICES = Select(
    {
        "actor": "text",
        "person_id": "uuid",
        "label": "text",
        "public_key": "text",
        "retired_at": "bigint",
        "retired_sequence_number": "bigint",
        "last_sequence_number": "bigint",
        "last_chain_hash": "bytea",
        "pending_count": "bigint",
    },
    "device",
    "organisation_id = {0}",
    scalars=1,
    keys={"actor": "text"},
)
KNOWN_OPERATIONS = Select(
    {"actor": "text", "sequence_number": "bigint", "chain_hash": "bytea", "result": "text"},
    "operation",
    "organisation_id = {0}",
    scalars=1,
    keys={"actor": "text", "sequence_number": "bigint"},
)
OPERATIONS_AT = Select(
    _LOGGED,
    "operation",
    "organisation_id = {0}",
    scalars=1,
    keys={"actor": "text", "sequence_number": "bigint"},
)
OPERATIONS_BY_ID = Select(
    _LOGGED,
    "operation",
    "organisation_id = {0} AND alias_of IS NULL",
    scalars=1,
    keys={"id": "uuid"},
)
OPERATIONS_OF_ENTRIES = Select(
    _LOGGED, "operation", "organisation_id = {0}", scalars=1, keys={"entry_id": "uuid"}
)
WAITING_OPERATIONS = Select(
    _LOGGED,
    "operation",
    "organisation_id = {0} AND held_code = 'causal_gap'",
    scalars=1,
    ending="ORDER BY actor, sequence_number LIMIT 1000",
    index="ix_operation_waiting",  # else the order makes it read the whole log
)
CHAIN_HASHES = Select(
    {"actor": "text", "sequence_number": "bigint", "chain_hash": "bytea"},
    "operation",
    "organisation_id = {0}",
    scalars=1,
    keys={"actor": "text", "sequence_number": "bigint"},
)
ENTRIES = Select(_ENTRY, "time_entry", "organisation_id = {0}", scalars=1, keys={"id": "uuid"})
_SPANS = {"owner_id": "uuid", "before": "bigint", "low": "bigint", "after": "bigint"}
_MEETS = (
    "organisation_id = {0} AND owner_id = {1} AND NOT is_deleted AND started_at < {2}"
    " AND (ended_at > {4} OR ended_at IS NULL)"
)
# Two days back from the earliest start is far enough for all but the long ones, and
# those have an index of their own: neither query reads a person's whole past.
NEAR_ENTRIES = SelectEach(_ENTRY, "time_entry", f"{_MEETS} AND started_at > {{3}}", each=_SPANS)
LONG_ENTRIES = SelectEach(
    _ENTRY,
    "time_entry",
    f"{_MEETS} AND is_long AND started_at <= {{3}}",
    each=_SPANS,
    index="ix_time_entry_long",  # else the start makes it read the person's whole past
)
POSTINGS = Select(
    {
        "entry_id": "uuid",
        "id": "uuid",
        "digest": "text",
        "state": "text",
        "reason": "text",
        "approved_at": "bigint",
    },
    "posting",
    "organisation_id = {0}",
    scalars=1,
    keys={"entry_id": "uuid"},
)

# For the audit, which goes through the whole log in pages.
NEXT_ENTRIES = Select(
    {"id": "uuid"},
    "time_entry",
    "organisation_id = {0} AND id > {1}",
    scalars=2,
    ending="ORDER BY id LIMIT 500",
)
NEXT_HELD = Select(
    _LOGGED,
    "operation",
    "organisation_id = {0} AND held_code IS NOT NULL AND (actor, sequence_number) > ({1}, {2})",
    scalars=3,
    ending="ORDER BY actor, sequence_number LIMIT 500",
)
EFFECTIVE_COUNT = Select(
    {"count(*)": "bigint"},
    "operation",
    "organisation_id = {0} AND held_code IS NULL AND alias_of IS NULL",
    scalars=1,
)

ADD_OPERATIONS = Upsert("operation", OPERATION_COLUMNS, key=())
CHANGE_RESULTS = Update(
    "operation",
    {"organisation_id": "uuid", "actor": "text", "sequence_number": "bigint"},
    {"held_code": "text", "result": "text"},
)
CHANGE_OPERATIONS = Update(
    "operation",
    {"organisation_id": "uuid", "actor": "text", "sequence_number": "bigint"},
    {
        "id": "uuid",
        "entry_id": "uuid",
        "held_code": "text",
        "alias_of": "text",
        "item": "text",
        "result": "text",
    },
)
MOVE_DEVICES = Update(
    "device",
    {"organisation_id": "uuid", "actor": "text"},
    {
        "last_sequence_number": "bigint",
        "last_chain_hash": "bytea",
        "last_contact_at": "bigint",
        "pending_count": "bigint",
    },
)
SAVE_ENTRIES = Upsert(
    "time_entry",
    {
        "organisation_id": "uuid",
        "id": "uuid",
        "owner_id": "uuid",
        "revision": "bigint",
        "status": "text",
        "is_deleted": "boolean",
        "started_at": "bigint",
        "ended_at": "bigint",
        "is_long": "boolean",
        "settled_start": "bigint",
        "posted_digest": "text",
        "content": "text",
    },
    key=("organisation_id", "id"),
    updated=(
        "revision",
        "status",
        "is_deleted",
        "started_at",
        "ended_at",
        "is_long",
        "settled_start",
        "content",
    ),
)
SAVE_SCOPES = Upsert(
    "time_entry_scope",
    {
        "organisation_id": "uuid",
        "entry_id": "uuid",
        "project_id": "uuid",
        "revision": "bigint",
        "is_inside": "boolean",
    },
    key=("organisation_id", "entry_id", "project_id"),
    updated=("revision", "is_inside"),
)
ADD_VERSIONS = Upsert(
    "approved_version",
    {
        "organisation_id": "uuid",
        "entry_id": "uuid",
        "digest": "text",
        "owner_id": "uuid",
        "approver_id": "uuid",
        "approved_at": "bigint",
        "content": "text",
    },
    key=("organisation_id", "entry_id", "digest"),
)
SAVE_POSTINGS = Upsert(
    "posting",
    {
        "organisation_id": "uuid",
        "id": "uuid",
        "entry_id": "uuid",
        "digest": "text",
        "state": "text",
        "reason": "text",
        "approved_at": "bigint",
    },
    key=("organisation_id", "id"),
    updated=("state", "reason", "approved_at"),
)
MOVE_COUNTER = Update("sync_counter", {"organisation_id": "uuid"}, {"revision": "bigint"})
