"""Changes the code that judges, one operator at a time, and tells which changes no test notices.

mutmut makes the mutants and runs the unit tests on each (`[tool.mutmut]` in pyproject.toml names
the modules). `mutation.toml` lists the survivors that are equal in effect, each with the reason.
The run fails if the others are more than MOST_OTHERS of all mutants, or if an entry of the list
fits no survivor any more.

    python tests/mutation.py                   all modules, from nothing
    python tests/mutation.py checks.losses     one module (or more)
    python tests/mutation.py --again           what survived last time, with the tests of now
"""

from __future__ import annotations

import argparse
import difflib
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from mutmut.mutation.data import MutantLineSpans, SourceFileMutationData
from mutmut.stats import status_by_exit_code

PACKAGE = "electionlab"
PROJECT = Path(__file__).parent.parent
MUTANTS = PROJECT / "mutants"
EQUAL = Path(__file__).with_suffix(".toml")
MOST_OTHERS = 0.08
"""So large a share of all mutants may survive without being equal in effect."""

KILLED = ("killed", "timeout")
SURVIVED = ("survived", "no tests")


@dataclass(frozen=True)
class Mutant:
    """`name` is mutmut's, `function` the place in the package, `was` and `becomes` the lines that
    differ, `status` mutmut's word for what became of it."""

    name: str
    function: str
    was: str
    becomes: str
    status: str

    @property
    def module(self) -> str:
        return self.name.rpartition(".")[0].removeprefix(f"{PACKAGE}.")

    def __str__(self) -> str:
        return f"{self.function} ({self.status})\n    - {self.was}\n    + {self.becomes}"


def read() -> list[Mutant]:
    """All mutants of the last run."""
    found: list[Mutant] = []
    for path in sorted((MUTANTS / PACKAGE).rglob("*.meta")):
        source = path.relative_to(MUTANTS).with_suffix("")
        data = SourceFileMutationData(path=source)
        data.load()
        spans = MutantLineSpans.load(source)
        for name, code in data.exit_code_by_key.items():
            status = status_by_exit_code[code]
            was, becomes = _difference(spans, name) if status not in KILLED else ("", "")
            found.append(Mutant(name, _function(name), was, becomes, status))
    return found


def _function(name: str) -> str:
    """`checks.losses.new_leader_after_each_loss` from mutmut's name of a mutant of it."""
    place, _, mangled = name.removeprefix(f"{PACKAGE}.").rpartition(".")
    plain = re.sub(r"__mutmut_\d+$", "", mangled)
    parts = plain[2:].split("ǁ") if "ǁ" in plain else [plain.removeprefix("x_")]
    return ".".join([place, *filter(None, parts)])


def _difference(spans: MutantLineSpans | None, name: str) -> tuple[str, str]:
    assert spans is not None
    mutant = name.rpartition(".")[2]
    original = re.sub(r"\d+$", "orig", mutant)
    sources = spans.read_function_sources([original, mutant])
    # The first line names the mutant.
    before, after = ([line.strip() for line in text.splitlines()] for text in sources)
    lines = list(difflib.unified_diff(before, after, n=0, lineterm=""))[2:]
    lines = [line for line in lines if "__mutmut_" not in line]
    was, becomes = (
        " ".join(line[1:] for line in lines if line.startswith(sign)) for sign in ("-", "+")
    )
    return was, becomes


def run(patterns: list[str]) -> None:
    """Make the mutants and run the tests on those that fit a pattern; other work goes first."""
    mutmut = Path(sys.executable).with_name("mutmut")
    output = None if sys.stdout.isatty() else subprocess.PIPE
    done = subprocess.run(
        ["nice", mutmut, "run", *patterns],
        cwd=PROJECT,
        stdout=output,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        sys.exit(f"mutmut failed.\n{(done.stdout or '')[-2000:]}")


def equal() -> dict[tuple[str, str, str], str]:
    """The reasons by function, line as it was, and line as it becomes."""
    listed = tomllib.loads(EQUAL.read_text(encoding="utf-8"))["equal"]
    return {(one["function"], one["was"], one["becomes"]): one["reason"] for one in listed}


def report(mutants: list[Mutant]) -> bool:
    """Print the survivors and the figures; whether few enough survived."""
    reasons, used = equal(), set()
    figures: dict[str, Counter[str]] = {}
    others = []
    for mutant in mutants:
        of_module = figures.setdefault(mutant.module, Counter())
        key = mutant.function, mutant.was, mutant.becomes
        if mutant.status in KILLED:
            of_module["killed"] += 1
        elif key in reasons:
            used.add(key)
            of_module["equal"] += 1
        else:
            of_module["others"] += 1
            others.append(mutant)
    for mutant in others:
        print(mutant)
    unused = [key for key in reasons if key not in used and _is_among(key[0], figures)]
    for function, was, becomes in unused:
        print(f"mutation.toml: no survivor in {function}\n    - {was}\n    + {becomes}")
    total = sum(figures.values(), Counter())
    print(f"\n{'module':22}{'mutants':>8}{'killed':>8}{'equal':>8}{'others':>8}")
    for module, counts in [*figures.items(), ("all", total)]:
        kinds = "".join(f"{counts[kind]:>8}" for kind in ("killed", "equal", "others"))
        print(f"{module:22}{counts.total():>8}{kinds}")
    share = total["others"] / total.total()
    print(f"\n{share:.1%} of {total.total()} mutants survive without a reason.")
    return share <= MOST_OTHERS and not unused


def _is_among(function: str, modules: dict[str, Counter[str]]) -> bool:
    return any(function.startswith(f"{module}.") for module in modules)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("modules", nargs="*", help="as in checks.losses; all by default")
    parser.add_argument("--again", action="store_true", help="only what survived last time")
    asked = parser.parse_args()
    if not asked.again:
        shutil.rmtree(MUTANTS, ignore_errors=True)
        run([f"{PACKAGE}.{module}.x*" for module in asked.modules])
    elif names := [one.name for one in read() if one.status not in KILLED]:
        run(names)
    mutants = read()
    if asked.modules:
        mutants = [mutant for mutant in mutants if mutant.module in asked.modules]
    sys.exit(not report(mutants))


if __name__ == "__main__":
    main()
