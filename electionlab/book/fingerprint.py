"""What the outputs of the pages depend on besides their own text, in one number.

jupyter-cache compares the cells of a page and nothing else. So a build keeps its outputs in a
folder that is named after everything else that could change them.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from electionlab.errors import LabError

REQUIREMENTS = "requirements.txt"
VARIABLES = ("JAVA_HOME", "KAFKA_HOME")
COMPILED = "__pycache__"


def files(root: Path, patterns: Iterable[str]) -> list[Path]:
    """The files that match the patterns, sorted; compiled Python is left out.

    LabError for a pattern that matches no file: after a move it would let pages silently go stale.
    """
    paths: set[Path] = set()
    for pattern in patterns:
        matches = {path for path in root.glob(pattern) if path.is_file()}
        matches = {path for path in matches if COMPILED not in path.parts}
        if not matches:
            raise LabError(
                f"The pages depend on {pattern!r}, says conf.py, but no file in {root} matches it. "
                "If files were moved, name their new place in pages_depend_on."
            )
        paths |= matches
    return sorted(paths)


def packages(requirements: Path) -> list[str]:
    """The packages of that file that are installed, each as "name version", sorted.

    Tools for tests and lint may be installed too (requirements-dev.txt): they change no page.
    """
    pins = requirements.read_text(encoding="utf-8")
    versions = []
    for name in sorted(re.findall(r"^[\w.-]+(?===)", pins, re.MULTILINE)):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):  # for another platform
            versions.append(f"{name} {importlib.metadata.version(name)}")
    return versions


def fingerprint(root: Path, patterns: Iterable[str]) -> str:
    """16 hexadecimal digits that change with this Python, the packages of requirements.txt, the
    Java and the Kafka that were asked for, and the path or content of any file that matches
    `patterns`.

    Raises LabError as `files` does.
    """
    variables = [f"{name}={os.environ.get(name)}" for name in VARIABLES]
    digest = hashlib.sha256(sys.version.encode())
    digest.update("\n".join([*packages(root / REQUIREMENTS), *variables]).encode())
    for path in files(root, patterns):
        content = path.read_bytes()
        digest.update(f"\n{path.relative_to(root)} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()[:16]
