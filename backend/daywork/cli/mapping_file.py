"""Mappings in a file that people edit: TOML, or CSV for a spreadsheet.

Both hold the same four words a row: subject, id, name, reference. The id counts; the
name is there so that a person knows who is meant, and is not read back.
"""

import csv
import io
import json
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from daywork.core.errors import ValueRefused

COLUMNS: Final = ("subject", "id", "name", "reference")
FILE_BYTES_MAX: Final = 10_485_760


def mapping_text(file: Path, mappings: Iterable[Mapping[str, Any]]) -> str:
    """Return the file's text; its name's ending says which form. Raises: ValueRefused."""
    rows = [{name: row[name] or "" for name in COLUMNS} for row in mappings]
    if _is_toml(file):
        # A JSON string is a TOML string as long as it has no DEL, which no name has.
        blocks = [
            "".join(f"{name} = {json.dumps(row[name], ensure_ascii=False)}\n" for name in COLUMNS)
            for row in rows
        ]
        return "\n".join(f"[[mapping]]\n{block}" for block in blocks)
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def read_mappings(file: Path) -> list[dict[str, str]]:
    """Return the rows that have a reference. Raises: ValueRefused, naming the row."""
    rows = _toml_rows(file) if _is_toml(file) else _csv_rows(file)
    found = []
    for number, row in enumerate(rows, 1):
        texts = {name: row.get(name, "") for name in COLUMNS}
        for name, text in texts.items():
            if not isinstance(text, str):
                message = f"Row {number} of {file}: {name} must be a text."
                raise ValueRefused(message, name)
        if not texts["subject"] or not texts["id"]:
            message = f"Row {number} of {file} lacks its subject or id."
            raise ValueRefused(message, "id")
        if texts["reference"]:
            found.append({name: texts[name] for name in ("subject", "id", "reference")})
    return found


def _is_toml(file: Path) -> bool:
    if file.suffix not in (".toml", ".csv"):
        message = f"{file} must end in .toml or .csv, which says how it is written."
        raise ValueRefused(message, "file")
    return file.suffix == ".toml"


def _toml_rows(file: Path) -> list[dict[str, Any]]:
    try:
        rows = tomllib.loads(_text(file)).get("mapping", [])
    except tomllib.TOMLDecodeError as error:
        message = f"{file} is no TOML: {error}."
        raise ValueRefused(message, "file") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        message = f"{file} must consist of [[mapping]] tables."
        raise ValueRefused(message, "mapping")
    return rows


def _csv_rows(file: Path) -> list[dict[str, Any]]:
    reader = csv.DictReader(io.StringIO(_text(file)), restval="")
    missing = {"subject", "id", "reference"} - set(reader.fieldnames or ())
    if missing:
        message = f"{file} lacks the column {min(missing)}."
        raise ValueRefused(message, min(missing))
    rows = []
    for number, row in enumerate(reader, 1):
        if None in row:
            message = f"Row {number} of {file} has more cells than the head."
            raise ValueRefused(message, "file")
        rows.append(row)
    return rows


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > FILE_BYTES_MAX:
            message = f"{file} is larger than 10 MiB."
            raise ValueRefused(message, "file")
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}."
        raise ValueRefused(message, "file") from error
    except UnicodeDecodeError as error:
        message = f"{file} is not UTF-8: byte {error.start}."
        raise ValueRefused(message, "file") from error
