"""Only one process may have a home."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from daywork.core.errors import HomeInUse
from daywork.store.home_lock import locked_home

HOLD = (
    "import sys, pathlib\n"
    "from daywork.store.home_lock import locked_home\n"
    "with locked_home(pathlib.Path(sys.argv[1])):\n"
    "    print('locked', flush=True)\n"
    "    sys.stdin.read()\n"
)


def hold_in_another_process(home: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "locked\n"
    return process


def test_a_second_process_is_refused_and_told_who_the_first_is(tmp_path: Path) -> None:
    with hold_in_another_process(tmp_path) as first:
        with pytest.raises(HomeInUse, match=rf"Another process \({first.pid}\) uses"):
            locked_home(tmp_path).__enter__()
        first.communicate()


def test_a_process_that_was_killed_leaves_its_home_free(tmp_path: Path) -> None:
    with hold_in_another_process(tmp_path) as first:
        first.kill()
        first.wait()
        with locked_home(tmp_path):
            owner = (tmp_path / "daywork.lock").read_text()

    assert owner == str(os.getpid())


def test_a_home_is_free_again_after_the_block_whatever_happened_in_it(tmp_path: Path) -> None:
    with pytest.raises(LookupError), locked_home(tmp_path):
        raise LookupError
    with locked_home(tmp_path):
        assert (tmp_path / "daywork.lock").exists()


def test_a_new_home_is_for_its_owner_only(tmp_path: Path) -> None:
    home = tmp_path / "deep" / "home"
    with locked_home(home):
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        assert stat.S_IMODE((home / "daywork.lock").stat().st_mode) == 0o600
