"""What the protocol's JSON may hold: everything but fractions."""

from typing import TypeAlias

JsonValue: TypeAlias = "bool | int | str | list[JsonValue] | dict[str, JsonValue] | None"
