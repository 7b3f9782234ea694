"""Payload schemas: what phones of every age wrote means something today.

A phone writes under the schema that it was shipped with, and may come years later. For
every schema there is one pure function to the next; operations are read through all
that lie between. What is hashed and signed is what was sent, never what it became.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TypeAlias

from daywork.core.json_value import JsonValue
from daywork.core.operation import Operation

# From the kind of an operation and its values by group to those of the next schema.
Upcaster: TypeAlias = Callable[[str, Mapping[str, JsonValue]], Mapping[str, JsonValue]]


@dataclass(frozen=True, slots=True)
class Schemas:
    """All schemas that were ever shipped; ``upcasters[n]`` leads from schema n+1 to n+2."""

    upcasters: Sequence[Upcaster]

    @property
    def newest(self) -> int:
        """The schema of today."""
        return len(self.upcasters) + 1

    def knows(self, number: int) -> bool:
        """Whether values of that schema can be read."""
        return 1 <= number <= self.newest

    def lifted(
        self, kind: str, values: Mapping[str, JsonValue], since: int, until: int
    ) -> Mapping[str, JsonValue]:
        """Return ``values`` of schema ``since`` as schema ``until`` would spell them."""
        steps = self.upcasters[since - 1 : until - 1]
        return reduce(lambda lifted, upcast: upcast(kind, lifted), steps, values)

    def current(self, operation: Operation, number: int) -> Operation:
        """Return ``operation``, written under schema ``number``, as it is read today."""
        if number == self.newest:
            return operation
        values = self.lifted(operation.kind, operation.values, number, self.newest)
        return operation._replace(values=values)


SHIPPED = Schemas(upcasters=())
