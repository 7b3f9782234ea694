"""Each invariant is seen to fail: a mistake is planted in a copy, and its test has to notice.

``make planted`` copies the package, plants one mistake after the other, runs the test
that belongs to it, and fails if a test goes on passing. ``docs/spec/sync.md`` lists them.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT = Path(__file__).parents[2]
CORE, STORE = "backend/daywork/core", "backend/daywork/store"
FAILED: Final = 1  # pytest: tests were run, and some failed


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is changed where, in words, and which test notices."""

    invariant: str
    words: str
    file: str
    right: str
    wrong: str
    test: str

    @property
    def path(self) -> Path:
        """The file in the checkout."""
        return ROOT / self.file


MISTAKES: Final[Sequence[Mistake]] = (
    Mistake(
        "I1",
        "an operation that is held is not stored",
        f"{CORE}/ingestion.py",
        "    working.new_operations.append(logged)\n",
        "    if not isinstance(verdict, Held):\n        working.new_operations.append(logged)\n",
        "tests/api/test_sync_faults.py::test_f15_a_bad_value_is_held_and_the_next_operation_is_applied",
    ),
    Mistake(
        "I2",
        "a page leaves out the row right behind the cursor",
        f"{STORE}/feed.py",
        '_BEHIND = "organisation_id = {0} AND revision > {1}"',
        '_BEHIND = "organisation_id = {0} AND revision > {1} + 1"',
        "tests/api/test_sync_laws.py::"
        "test_i2_convergence_all_phones_have_the_same_rows_by_whatever_pages",
    ),
    Mistake(
        "I3",
        "a value is replaced whether its author was seen or not",
        f"{CORE}/merge.py",
        "            if not covers(context, other)\n",
        "            if not covers(context, other) and not context\n",
        "tests/core/test_merge.py",
    ),
    Mistake(
        "I4",
        "an operation under another number is not recognised",
        f"{CORE}/ingestion.py",
        "    known = working.by_id.get(verdict.id)\n",
        "    known = None if working else working.by_id.get(verdict.id)\n",
        "tests/core/test_ingestion.py::test_i4_exactly_once_effect_under_another_number",
    ),
    Mistake(
        "I5",
        "the projection forgets what an earlier author had seen",
        f"{CORE}/merge.py",
        "            seen_by_writers[group] = joined_clocks(seen, change.context)\n",
        "            seen_by_writers[group] = dict(change.context) or seen\n",
        "tests/core/test_merge.py::test_i5_apply_is_project_in_any_causal_order",
    ),
    Mistake(
        "I6",
        "joining keeps what the other side has replaced",
        f"{CORE}/merge.py",
        "        kept |= {d: v for d, v in theirs.items()"
        " if d in mine or not covers(left_clock, d)}\n",
        "        kept |= dict(theirs)\n",
        "tests/core/test_merge.py::test_i6_join_is_commutative_associative_and_idempotent",
    ),
    Mistake(
        "I7",
        "decisions count in the order in which they arrive",
        f"{CORE}/approval.py",
        "    ordered = sorted(decisions, key=lambda decision: decision.dot)\n",
        "    ordered = list(decisions)[-2:]\n",
        "tests/core/test_approval.py::test_i7_status_is_free_of_the_order_of_arrival",
    ),
    Mistake(
        "I8",
        "what was replaced is in no place",
        f"{CORE}/conservation.py",
        "        elif dot not in live or value in spoken:\n",
        "        elif dot not in live:\n            continue\n        elif value in spoken:\n",
        "tests/core/test_conservation.py::"
        "test_i8_conservation_every_time_is_in_one_place_in_whatever_order",
    ),
    Mistake(
        "I9",
        "a row shows the start of one version and the end of another",
        f"{CORE}/entry_content.py",
        "        values[group] = [live[dot] for dot in ordered]\n",
        "        values[group] = [\n"
        '            {**live[dot], "end": live[ordered[-1]]["end"]}'
        ' if group == "time" else live[dot]\n'
        "            for dot in ordered\n"
        "        ]\n",
        "tests/api/test_sync_laws.py::"
        "test_i9_no_invented_time_every_shown_or_approved_time_is_one_that_was_written",
    ),
    Mistake(
        "I10",
        "what an author claims to have seen is folded into the row's clock",
        f"{CORE}/entry_projection.py",
        "    entry.clock[logged.actor] = (logged.sequence_number, anchor(logged.chain_hash))\n",
        "    if logged.operation is not None:\n"
        "        entry.clock |= dict(logged.operation.context)\n"
        "    entry.clock[logged.actor] = (logged.sequence_number, anchor(logged.chain_hash))\n",
        "tests/api/test_sync_faults.py::"
        "test_i10_own_component_a_row_advances_by_signed_operations_of_that_device_only",
    ),
    Mistake(
        "I11",
        "a commit is answered before it is on the disk",
        f"{STORE}/database.py",
        '        driver.execute("PRAGMA synchronous = FULL")\n',
        '        driver.execute("PRAGMA synchronous = OFF")\n',
        "tests/faults/test_power_cuts.py::test_i11_ack_is_durable_on_the_disk_after_a_power_cut",
    ),
    Mistake(
        "I12",
        "a chain stands still at an operation that is held",
        f"{CORE}/ingestion.py",
        "    device.last_sequence_number = logged.sequence_number\n",
        "    device.last_sequence_number += not isinstance(verdict, Held)\n",
        "tests/api/test_sync_faults.py::"
        "test_i12_no_stuck_queue_every_item_gets_an_answer_whatever_it_holds",
    ),
    Mistake(
        "I13",
        "a cursor goes to the end although the page did not",
        "backend/daywork/usecases/read_time_entries.py",
        "        cursor = replace(cursor,"
        " revision=counter.revision if page.end is None else page.end)\n",
        "        cursor = replace(cursor, revision=counter.revision)\n",
        "tests/faults/test_f9_cursor.py",
    ),
    Mistake(
        "I14",
        "who sees a team sees everybody",
        f"{CORE}/roles.py",
        "    return {owner.id for owner in members if may_see(me, owner, members)}\n",
        "    return {owner.id for owner in members}\n",
        "tests/api/test_sync_pull.py",
    ),
    Mistake(
        "I15",
        "an approval holds whatever content it says it saw",
        f"{CORE}/approval.py",
        "        return DIGEST_MISMATCH\n",
        "        return None\n",
        "tests/api/test_sync_decision_table.py::"
        "test_i7_a_digest_of_content_that_nobody_saw_is_held_and_raises_an_alarm",
    ),
    Mistake(
        "I16",
        "what minimal data drops is stored all the same",
        f"{STORE}/push_saving.py",
        "    if operation is None or not operation.dropped:\n",
        "    if operation is None or operation.dropped is not None:\n",
        "tests/api/test_sync_erasure.py::"
        "test_i16_minimal_data_a_dropped_group_is_stored_nowhere_and_the_chain_verifies",
    ),
    Mistake(
        "I17",
        "a late operation brings an erased entry back",
        f"{CORE}/ingestion.py",
        "    if entry.is_erased:\n",
        "    if entry.is_erased and operation.is_decision:\n",
        "tests/api/test_sync_erasure.py",
    ),
    Mistake(
        "I18",
        "a step between two schemas is left out",
        f"{CORE}/schema.py",
        "        steps = self.upcasters[since - 1 : until - 1]\n",
        "        steps = self.upcasters[since - 1 : until - 1][:2]\n",
        "tests/core/test_schema.py::test_i18_upcast_in_one_go_is_upcast_step_by_step",
    ),
    Mistake(
        "I19",
        "a seal stands for more than the clock had",
        f"{CORE}/clock_seal.py",
        "    covered = {actor: clock[actor][0] for actor in folded}\n",
        "    covered = {actor: clock[actor][0] + 1 for actor in folded}\n",
        "tests/core/test_clock_seal.py",
    ),
    Mistake(
        "I20",
        "an operation is held because its author's clock is ahead",
        f"{CORE}/ingestion.py",
        "    elif not is_ready(working, logged):\n",
        '    elif verdict.written_at > "2027":\n'
        '        _hold(logged, Held("future_time"))\n'
        "    elif not is_ready(working, logged):\n",
        "tests/simulation/test_real_server.py::"
        "test_i20_clocks_of_phones_that_jump_by_years_change_nothing",
    ),
    Mistake(
        "I21",
        "entries are written behind the counter",
        f"{STORE}/push_saving.py",
        "        yield Change(sql.MOVE_COUNTER, [(organisation_id, working.revision)])\n",
        "        yield Change(sql.MOVE_COUNTER, [(organisation_id, working.revision)])\n"
        "        yield Change(sql.SAVE_ENTRIES, rows)\n",
        "tests/store/test_push_saving.py",
    ),
    Mistake(
        "I22",
        "a session hands in operations of anybody's device",
        f"{CORE}/push_batch.py",
        "    if device is None or device.person_id != batch.person_id:\n",
        "    if device is None:\n",
        "tests/api/test_sync_faults.py::"
        "test_i22_author_binding_no_session_writes_for_another_person",
    ),
)


def is_noticed(mistake: Mistake, folder: Path) -> bool:
    """Whether the mistake's test fails on a copy of the package that has it."""
    copy = folder / "backend"
    shutil.copytree(ROOT / "backend", copy)
    shutil.copytree(ROOT / "migrations", folder / "migrations")
    file = folder / mistake.file
    text = file.read_text("utf-8")
    file.write_text(text.replace(mistake.right, mistake.wrong), "utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", mistake.test],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode not in {0, FAILED}:
        sys.stdout.write(run.stdout[-2_000:])
    return run.returncode == FAILED


def main(wanted: Sequence[str]) -> int:
    """Plant all mistakes, or those of the invariants that are named."""
    missed = []
    for mistake in MISTAKES:
        if wanted and mistake.invariant not in wanted:
            continue
        with tempfile.TemporaryDirectory() as folder:
            found = is_noticed(mistake, Path(folder))
        word = "noticed" if found else "NOT NOTICED"
        sys.stdout.write(f"{mistake.invariant:4} {word}: {mistake.words}\n")
        sys.stdout.flush()
        if not found:
            missed.append(mistake.invariant)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
