"""daywork: the command line. Refusals are one sentence and a hint, never a traceback."""

import argparse
import json
import os
import sys
from collections.abc import Sequence

from daywork.cli import (
    backup,
    conserve,
    demo,
    device,
    entry,
    import_records,
    invite,
    mappings,
    organisation,
    period,
    postings,
    project,
    rates,
    replay,
    serve,
    sync,
    work,
)
from daywork.core.errors import DomainError

GROUPS = (
    serve,
    work,
    demo,
    organisation,
    invite,
    project,
    device,
    sync,
    period,
    entry,
    conserve,
    backup,
    import_records,
    replay,
    mappings,
    rates,
    postings,
)


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; 0 is success, 1 a refusal, 2 a wrong use."""
    parser = argparse.ArgumentParser(
        prog="daywork", description="Hours worked in the field, signed off on a phone, booked once."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for group in GROUPS:
        group.add_parser(commands)
    options = parser.parse_args(words)
    os.umask(0o077)  # Whatever a command writes (keys, wages) is its owner's alone.
    try:
        status: int = options.run(options)
    except DomainError as refusal:
        sys.stderr.write(f"{refusal}\n")
        if refusal.members:
            sys.stderr.write(f"{json.dumps(dict(refusal.members), ensure_ascii=False)}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return status


if __name__ == "__main__":
    sys.exit(main())
