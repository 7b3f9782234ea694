"""The rules of the house that no linter knows, each a function from text to faults."""

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import PurePosixPath

LINES_MAX = 400
FUNCTION_LINES_MAX = 70

# Of which a name tells nothing. Each has a word in the glossary that does.
EMPTY_WORDS = frozenset(("common", "helper", "helpers", "misc", "util", "utils"))
EMPTY_MODULES = EMPTY_WORDS | {"data", "info", "manager", "service"}
# A class whose word is another's: who carries web pushes is called so by the standard.
NAMED_BY_A_STANDARD = frozenset(("PushService",))
EMPTY_SUFFIXES = ("Data", "Helper", "Helpers", "Info", "Manager", "Service", "Util", "Utils")

_DECLARED = re.compile(r"\b(?:class|const|enum|function|interface|let|type) +([A-Za-z_$][\w$]*)")
_UNNUMBERED = re.compile(r"\b(?:FIX" + r"ME|TO" + r"DO(?!\(#[0-9]+\)))\b")
_SOURCES = re.compile(
    r"(?:pypi|pythonhosted|npmjs|npmmirror|yarnpkg|jsdelivr|unpkg)\.|--(?:extra-)?index-url"
    r"|--find-links|\bregistry\s*="
)
_RUNNABLE = re.compile(r"^(?:export )?(?:async )?(?:class|const|function|let) ", re.MULTILINE)
_VECTORS = re.compile(r"vectors?(?:Object)?(?:<\w+>)?\(\s*['\"]([a-z_]+)")
_ADDRESS = re.compile(r"\b(?:https?|git|ssh)(?:\+\w+)?://|\bgit@")


def too_long(text: str) -> list[str]:
    """A file is read in one go."""
    count = len(text.splitlines())
    return [f"{count} lines"] if count > LINES_MAX else []


def long_functions(text: str) -> list[str]:
    """A function is seen at once. For TypeScript eslint counts."""
    return [
        f"{node.name}: {length} lines"
        for node in _functions(ast.parse(text))
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES_MAX
    ]


def without_docstring(text: str) -> list[str]:
    """A module's first line says what lives in it."""
    return [] if not text.strip() or ast.get_docstring(ast.parse(text)) else ["no docstring"]


def without_comment(text: str) -> list[str]:
    """The same for TypeScript, whose first lines say it, and for Svelte."""
    says_it = "/**" in text if "<script" in text else text.startswith(("/**", "//"))
    return [] if says_it else ["no comment"]


def floats(text: str) -> list[str]:
    """Time and money are whole numbers."""
    return [
        f"line {node.lineno}"
        for node in ast.walk(ast.parse(text))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
    ]


def imports_for_types_only(text: str) -> list[str]:
    """There are no cycles, so nobody needs them."""
    return [
        f"line {node.lineno}"
        for node in ast.walk(ast.parse(text))
        if (isinstance(node, ast.Name) and node.id == "TYPE_CHECKING")
        or (isinstance(node, ast.Attribute) and node.attr == "TYPE_CHECKING")
    ]


def promises(text: str) -> list[str]:
    """What is left to do has a number where it is looked after."""
    return [f"line {text[: found.start()].count(chr(10)) + 1}" for found in _promised(text)]


def empty_names(text: str) -> list[str]:
    """A name says what it is about: Python."""
    return [name for name in _defined(ast.parse(text)) if _says_nothing(name)]


def empty_names_in_typescript(text: str) -> list[str]:
    """A name says what it is about: TypeScript and Svelte."""
    return [name for name in _DECLARED.findall(text) if _says_nothing(name)]


def empty_file_names(path: str) -> list[str]:
    """A file is named after its subject."""
    stem = PurePosixPath(path).name.split(".")[0].removeprefix("test_").lower()
    return [stem] if stem in EMPTY_MODULES else []


def addresses(text: str) -> list[str]:
    """A lock has versions and hashes; where they come from is the machine's own business."""
    return [line for line in text.splitlines() if _ADDRESS.search(line) or _SOURCES.search(line)]


def registries(text: str) -> list[str]:
    """A document names no place to download from."""
    return [line for line in text.splitlines() if _SOURCES.search(line)]


def has_only_shapes(text: str) -> bool:
    """Whether a Python module has nothing that could be run: only shapes and constants."""
    tree = ast.parse(text)
    return not any(not _is_promise(node) for node in _functions(tree))


def has_only_types(text: str) -> bool:
    """The same for TypeScript: interfaces and types alone."""
    return _RUNNABLE.search(text) is None


def place_of_test(module: str) -> str:
    """Return where the test of ``daywork/x/y.py`` belongs, from ``x/y.py``."""
    path = PurePosixPath(module)
    return str(path.with_name(f"test_{path.name}"))


def without_test(modules: Collection[str], tests: Collection[str]) -> list[str]:
    """Every module has its test at the same path."""
    return sorted(module for module in modules if place_of_test(module) not in tests)


def typescript_without_test(modules: Collection[str], tests: Collection[str]) -> list[str]:
    """The same for the app: ``x/y.ts`` and ``x/y.svelte.ts`` have ``x/y.test.ts``."""
    return sorted(
        module
        for module in modules
        if module.removesuffix(".ts").removesuffix(".svelte") + ".test.ts" not in tests
    )


def unread_vectors(names: Collection[str], texts: Sequence[str]) -> list[str]:
    """Every file of vectors is read by the tests whose ``texts`` these are."""
    read = {name for text in texts for name in _VECTORS.findall(text)}
    return sorted(set(names) - read)


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _is_promise(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """A method of a protocol has a docstring and three dots."""
    last = node.body[-1]
    return (
        isinstance(last, ast.Expr)
        and isinstance(last.value, ast.Constant)
        and (last.value.value is ... or len(node.body) == 1)
    )


def _promised(text: str) -> Iterator[re.Match[str]]:
    return _UNNUMBERED.finditer(text)


def _defined(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _says_nothing(name: str) -> bool:
    is_class = name[:1].isupper() and not name.isupper() and name not in NAMED_BY_A_STANDARD
    return name.strip("_").lower() in EMPTY_WORDS or (is_class and name.endswith(EMPTY_SUFFIXES))
