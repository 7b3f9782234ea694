"""Each cause of a refusal has its class and its stable code."""

from pathlib import Path

import pytest

from daywork.core import errors
from daywork.core.errors import DomainError
from daywork.core.ids import Actor
from daywork.core.json_value import JsonValue


def _below(cause: type[DomainError]) -> list[type[DomainError]]:
    return [cause, *(deeper for child in cause.__subclasses__() for deeper in _below(child))]


SPEC = Path(__file__).parents[2] / "docs" / "spec"
CAUSES = [cause for cause in _below(DomainError) if cause.__module__ == errors.__name__]
CODED = [cause for cause in CAUSES if "code" in vars(cause)]


def test_codes_are_different() -> None:
    codes = [cause.code for cause in CODED]

    assert sorted(codes) == sorted(set(codes))


@pytest.mark.parametrize("cause", CAUSES[1:])
def test_the_tree_is_drawn_with_every_cause_and_code(cause: type[DomainError]) -> None:
    assert errors.__doc__ is not None
    line = next(
        line.split() for line in errors.__doc__.splitlines() if cause.__name__ in line.split()
    )

    assert cause not in CODED or line[1] == cause.code


def test_every_code_is_explained_in_the_spec() -> None:
    text = "".join(page.read_text("utf-8") for page in SPEC.glob("*.md"))

    assert [cause.code for cause in CODED[1:] if f"`{cause.code}`" not in text] == []


@pytest.mark.parametrize("cause", CAUSES[1:])
def test_a_cause_without_a_code_only_groups_others(cause: type[DomainError]) -> None:
    assert cause in CODED or cause.__subclasses__()


@pytest.mark.parametrize(
    ("error", "members"),
    [
        (errors.BadSignature(), {}),
        (errors.SequenceGap(need=39), {"need": 39}),
        (errors.Forked(Actor("a" * 10), 12), {"actor": "a" * 10, "match_at": 12}),
        (errors.Forked(Actor("a" * 10), None), {"actor": "a" * 10, "match_at": None}),
        (errors.TooLarge({"ops": 200}), {"limits": {"ops": 200}}),
        (errors.ProtocolUnknown(1, 1), {"proto": [1, 1]}),
        (errors.NameAmbiguous("Two are called Ana.", ["1", "2"]), {"ids": ["1", "2"]}),
        (errors.ValueRefused("Too long.", "label"), {"field": "label"}),
        (errors.RateLimited(3), {}),
    ],
)
def test_a_refusal_tells_its_facts(error: DomainError, members: dict[str, JsonValue]) -> None:
    assert error.members == members


def test_a_refusal_without_a_sentence_says_its_code() -> None:
    assert str(errors.BadSignature()) == "bad_signature"
    assert str(errors.NotFound("No such project.")) == "No such project."


def test_waiting_times_are_told() -> None:
    assert errors.RateLimited(3).retry_after_seconds == 3
    assert errors.Unavailable(5).retry_after_seconds == 5
