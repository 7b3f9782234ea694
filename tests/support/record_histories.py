"""Draw 500 histories and write what the core makes of each to ``tests/vectors``.

Run ``python -m support.record_histories`` in ``tests`` after a rule has changed or
the generator has learnt something. With numbers (``... 17 203``) it prints those
histories, event by event, instead of writing.
"""

import json
import sys
from pathlib import Path
from typing import Any

from support.history_generator import history

HISTORIES = 500
FILE = Path(__file__).parent.parent / "vectors/histories.json"


def recorded(histories: list[dict[str, Any]]) -> str:
    """Return the text of the file: one history a line."""
    lines = (
        json.dumps(one, ensure_ascii=False, separators=(",", ":")).replace("\u2028", "\\u2028")
        for one in histories
    )
    return "[\n" + ",\n".join(lines) + "\n]\n"


def main(numbers: list[str]) -> None:
    """Write all histories, or print those asked for."""
    for number in numbers:
        said = history(int(number))
        print(said["name"])  # noqa: T201 - that is what was asked for
        for event in said["events"]:
            print(json.dumps(event, ensure_ascii=False))  # noqa: T201 - as above
    if not numbers:
        FILE.write_text(recorded([history(n) for n in range(HISTORIES)]), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
