"""Draft a migration from what the row classes have and the migrations lack.

    python scripts/draft_migration.py pre add_device_colour

A fresh SQLite database is brought to the newest revision and compared. Read the
draft: it knows nothing of rows that are there.
"""

import re
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from daywork.store.migration import migrations_folder

REVISION_CHARACTERS_MAX = 32


def main(words: list[str]) -> int:
    """Write the draft; the words are its kind (pre or post) and purpose."""
    name = re.sub(r"[^a-z0-9]+", "_", " ".join(words).lower()).strip("_")
    revision = f"{datetime.now(UTC):%Y%m%d}_{name}"
    if not name.startswith(("pre_", "post_")) or len(revision) > REVISION_CHARACTERS_MAX:
        sys.stderr.write('Say what for, in short: make migrate M="pre add_device_colour"\n')
        return 2
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{Path(folder) / 'draft.sqlite'}")
        with engine.begin() as connection:
            configuration = Config()
            configuration.set_main_option("script_location", str(migrations_folder()))
            configuration.set_main_option("file_template", "%%(rev)s")
            configuration.attributes["connection"] = connection
            command.upgrade(configuration, "head")
            message = " ".join(words[1:]).replace("_", " ").capitalize()
            command.revision(configuration, message, autogenerate=True, rev_id=revision)
        engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
