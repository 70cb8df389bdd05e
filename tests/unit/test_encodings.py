"""No file is read or written in whatever encoding a reader's machine happens to have.

Ruff's PLW1514 knows a path only where it can see that it is one: a sixth of what is found here.
"""

import ast

import pytest

from electionlab.host.folders import PROJECT

MODES = set("rwaxbt+")
FOLDERS = ("electionlab", "tests", "benchmarks", "examples")
SOURCES = [PROJECT / "conf.py", *(p for name in FOLDERS for p in PROJECT.glob(f"{name}/**/*.py"))]


def unspecified(tree):
    """The calls that read or write text and do not say in which encoding."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        said = {word.arg: word.value for word in call.keywords}
        if "encoding" in said:
            continue
        if any(isinstance(said.get(word), ast.Constant) for word in ("text", "universal_newlines")):
            yield call
        elif isinstance(call.func, ast.Attribute):
            if call.func.attr == "open":
                modes = [*call.args[:1], *filter(None, [said.get("mode")])]
                if not modes or opens_text(modes[0]):
                    yield call
            elif (call.func.attr, len(call.args)) in {("read_text", 0), ("write_text", 1)}:
                yield call
        elif isinstance(call.func, ast.Name) and call.func.id == "open":
            modes = [*call.args[1:2], *filter(None, [said.get("mode")])]
            if not modes or opens_text(modes[0]):
                yield call


def opens_text(mode):
    """Whether this is a mode of files, and one for text."""
    told = mode.value if isinstance(mode, ast.Constant) else None
    return isinstance(told, str) and set(told) <= MODES and "b" not in told


@pytest.mark.parametrize(
    "line",
    [
        "path.read_text()",
        "path.write_text(text)",
        "Path(name).open()",
        "path.open('w')",
        "open(name)",
        "open(name, mode='a')",
        "subprocess.run(command, text=True)",
    ],
)
def test_a_call_without_an_encoding_is_found(line):
    assert list(unspecified(ast.parse(line)))


@pytest.mark.parametrize(
    "line",
    [
        "path.read_text(encoding='utf-8')",
        "path.write_text(text, 'utf-8')",
        "path.open('rb')",
        "relays.open(9092)",
        "os.open(path, os.O_RDWR)",
        "subprocess.run(command, encoding='utf-8')",
    ],
)
def test_any_other_call_is_none(line):
    assert not list(unspecified(ast.parse(line)))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_every_text_is_in_utf_8(path):
    found = [call.lineno for call in unspecified(ast.parse(path.read_bytes()))]
    assert not found, f"{path}: no encoding in lines {found}"
