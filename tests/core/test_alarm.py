"""Some answers mean that somebody should look."""

import pytest

from daywork.core.alarm import alarm_of
from daywork.core.json_value import JsonValue


@pytest.mark.parametrize(
    ("result", "kind"),
    [
        ({"st": "held", "code": "bad_hash"}, "bad_hash"),
        ({"st": "held", "code": "value_invalid", "note": "digest_mismatch"}, "digest_mismatch"),
        ({"st": "held", "code": "malformed", "field": "c"}, "context"),
        ({"st": "held", "code": "malformed", "field": "id"}, None),
        ({"st": "held", "code": "value_invalid", "field": "time.end"}, None),
        ({"st": "applied", "note": "superseded"}, None),
        ({"st": "applied"}, None),
    ],
)
def test_an_answer_that_no_honest_phone_earns_is_an_alarm(
    result: dict[str, JsonValue], kind: str | None
) -> None:
    assert alarm_of(result) == kind
