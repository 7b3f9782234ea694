"""Read the recorded vectors."""

import json
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).parent.parent / "vectors"


def vectors(name: str) -> Any:
    """Return the content of ``tests/vectors/<name>.json``."""
    return json.loads((VECTORS / f"{name}.json").read_text("utf-8"))


def name_of(item: Any) -> str:
    """Return the sentence that a vector illustrates, as the test's id."""
    return str(item["name"])
