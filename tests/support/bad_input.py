"""What the door must refuse, or hold item by item: bodies, members, items and addresses."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from support.chain import interval

UNKNOWN_ENTRY = "te:00000000-0000-7000-8000-000000000000"
BIG = 2**53 - 1
DEEP = 17

WRITES = (
    ("POST", "/v1/devices"),
    ("POST", "/v1/sessions/challenge"),
    ("POST", "/v1/sessions"),
    ("POST", "/v1/sync/hello"),
    ("POST", "/v1/sync/push"),
    ("PUT", "/v1/web-push/subscription"),
)
READS = (
    "/v1/session",
    "/v1/sync/pull",
    "/v1/reference",
    f"/v1/entries/{UNKNOWN_ENTRY}/history",
    "/v1/postings",
    f"/v1/postings/{UNKNOWN_ENTRY}/explanation",
    "/v1/web-push/key",
)

# Bodies without one meaning, whatever they are for.
UNREADABLE: Mapping[str, bytes] = {
    "nothing": b"",
    "not json": b"hello",
    "cut": b'{"proto":1,',
    "an array": b"[]",
    "a number": b"1",
    "null": b"null",
    "a duplicate member": b'{"proto":1,"proto":1}',
    "a duplicate member inside": b'{"proto":1,"ops":[{"q":1,"q":2}]}',
    "a duplicate member by escape": b'{"q":1,"\\u0071":2}',
    "not utf-8": b'{"label":"\xff\xfe"}',
    "utf-16": '{"proto":1}'.encode("utf-16"),
    "NaN": b'{"now":NaN}',
    "infinity": b'{"now":-Infinity}',
    "a fraction": b'{"proto":1.0}',
    "an exponent": b'{"proto":1e0}',
    "beyond 2**53": b'{"pending":9007199254740992}',
    "below -2**53": b'{"pending":-9007199254740992}',
    "thousands of digits": b'{"pending":' + b"9" * 3_000 + b"}",
    "a lone surrogate": b'{"label":"\\ud800"}',
    "a lone surrogate as a name": b'{"\\udfff":1}',
    "a raw surrogate": b'{"label":"\xed\xa0\x80"}',
    "seventeen levels": b'{"a":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "thousands of levels": b"[" * 4_000,
    "objects without an end": b'{"a":' * 700,
}

# Values of a wrong type, size or range, put in the place of each member.
MISTYPED: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    BIG,
    "",
    "\0",
    "a\0b",
    "x" * 5_000,
    "\u202e\U0001f600",
    [],
    [None],
    [[[]]],
    {},
    {"a": {"b": []}},
)

# Values of groups that are held for their item alone (B5, B6, B16).
BAD_GROUPS: Mapping[str, Mapping[str, Any]] = {
    "naive": {"time": interval("07:00", "15:00") | {"start": "2026-03-02T07:00:00"}},
    "offset": {"time": interval("07:00", "15:00") | {"end": "2026-03-02T15:00:00+01:00"}},
    "fraction of a second": {
        "time": interval("07:00", "15:00") | {"end": "2026-03-02T15:00:00.5Z"}
    },
    "no such day": {"time": interval("07:00", "15:00") | {"start": "2026-02-30T07:00:00Z"}},
    "no such second": {"time": interval("07:00", "15:00") | {"end": "2026-03-02T15:00:60Z"}},
    "year 1999": {"time": interval("07:00", "15:00") | {"start": "1999-12-31T07:00:00Z"}},
    "year 9999": {"time": interval("07:00", "15:00") | {"end": "9999-12-31T07:00:00Z"}},
    "year 0": {"time": interval("07:00", "15:00") | {"start": "0000-01-01T00:00:00Z"}},
    "other digits": {"time": interval("07:00", "15:00") | {"start": "２０２６-03-02T07:00:00Z"}},
    "end first": {"time": interval("15:00", "07:00")},
    "number as text": {"time": interval("07:00", "15:00", elapsed="60")},
    "elapsed below nothing": {"time": interval("07:00", "15:00", elapsed=-1)},
    "unknown zone": {"time": interval("07:00", "15:00", tz=5)},
    "unknown source": {"time": interval("07:00", "15:00", src="magic")},
    "further member": {"time": interval("07:00", "15:00", pay=100)},
    "seventeen breaks": {"time": interval("07:00", "15:00", brk=[{"sec": 1, "paid": True}] * 17)},
    "break outside": {
        "time": interval(
            "07:00",
            "15:00",
            brk=[{"s": "2026-03-02T05:00:00Z", "e": "2026-03-02T06:00:00Z", "paid": False}],
        )
    },
    "break of text": {"time": interval("07:00", "15:00", brk=["lunch"])},
    "breaks of text": {"time": interval("07:00", "15:00", brk="lunch")},
    "not an object": {"time": "07:00"},
    "null": {"time": None},
    "no seconds": {"time": {"date": "2026-03-02", "seconds": 0, "tz": "UTC", "src": "manual"}},
    "36 million seconds": {
        "time": {"date": "2026-03-02", "seconds": 36_000_001, "tz": "UTC", "src": "manual"}
    },
    "no such date": {"time": {"date": "2026-13-01", "seconds": 60, "tz": "UTC", "src": "manual"}},
    "project of a number": {
        "alloc": {"project": 5, "task": None, "billable": True, "kind": "work"}
    },
    "project with NUL": {
        "alloc": {"project": "a\0", "task": None, "billable": True, "kind": "work"}
    },
    "billable of a number": {
        "alloc": {"project": None, "task": None, "billable": 1, "kind": "work"}
    },
    "note over 2,000": {"note": "x" * 2_001},
    "note with NUL": {"note": "a\0b"},
    "note of a number": {"note": 5},
    "life of text": {"life": {"deleted": "yes", "reason": None}},
}

# Members of an operation that are held for their item alone (B7).
BAD_MEMBERS: Mapping[str, Mapping[str, Any]] = {
    "no kind": {"by": None},
    "unknown kind": {"by": "explode"},
    "kind of a number": {"by": 7},
    "id of no form": {"id": "one"},
    "id in capitals": {"id": "6F1C0000-0000-7000-8000-00000000000A"},
    "id with NUL": {"id": "\0"},
    "id of a number": {"id": 1},
    "entry of no form": {"e": "te:pump"},
    "entry of another kind": {"e": "xx:6f1c0000-0000-7000-8000-00000000000a"},
    "entry with NUL": {"e": "te:\0"},
    "context of text": {"c": "all"},
    "context of numbers": {"c": {"aaaaaaaaaa": 5}},
    "context with a short mark": {"c": {"aaaaaaaaaa": [1, "abc"]}},
    "context at nothing": {"c": {"aaaaaaaaaa": [0, "abcdef"]}},
    "context of 33": {"c": {f"{n:a>10}": [1, "abcdef"] for n in range(33)}},
    "context with NUL": {"c": {"\0": [1, "abcdef"]}},
    "naive claim": {"w": "2026-03-02T15:31:08"},
    "claim of a number": {"w": 1},
    "digest of a number": {"dg": 1},
    "long kind": {"by": "x" * 200},
}

HOSTILE_PATHS = (
    "/v1",
    "/v1/",
    "/v1/nothing",
    "/v1/sync",
    "/v1/sync/push/more",
    "/v1/../v1/nothing.json",
    "/v1/entries/te:not-a-uuid/history",
    f"/v1/entries/{quote(UNKNOWN_ENTRY + '/..')}/history",
    "/v1/entries/%00/history",
    f"/v1/entries/{'x' * 3_000}/history",
    "/v1/entries/%ff%fe/history",
    f"/v1/postings/{'x' * 3_000}/explanation",
)
BAD_QUERIES = (
    "/v1/sync/pull?limit=0",
    "/v1/sync/pull?limit=501",
    "/v1/sync/pull?limit=-1",
    "/v1/sync/pull?limit=",
    "/v1/sync/pull?limit=1e2",
    "/v1/sync/pull?limit=%D9%A1",
    f"/v1/sync/pull?limit={'9' * 4_000}",
    "/v1/sync/pull?cursor=",
    "/v1/sync/pull?cursor=v1.a.b",
    "/v1/sync/pull?cursor=%00",
    "/v1/sync/pull?cursor=%FF",
    "/v1/sync/pull?cursor=%F0%9F%98%80",
    f"/v1/sync/pull?cursor=v1.{'A' * 300}.AAAA",
    f"/v1/sync/pull?cursor={'A' * 5_000}",
    "/v1/postings?state=everything",
    "/v1/postings?limit=0",
    "/v1/postings?limit=x",
)
