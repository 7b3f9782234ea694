"""How a test says a command."""

from collections.abc import Callable
from typing import TypeAlias

Say: TypeAlias = Callable[..., str]
