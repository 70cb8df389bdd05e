"""The weekly run's: pins the newest Kafka, and tells what differs from the committed pins."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INSTALL = "electionlab/kafka/install.py"
REQUIREMENTS = "requirements.txt"
SUBJECTS = ("kafka", "faust-streaming", "aiokafka")
"""What the workbook is about is told first."""


def pin() -> None:
    """Write the newest release of Kafka into install.py, and lock its jars."""
    from jgo.maven import MavenContext

    with tempfile.TemporaryDirectory() as scratch:
        project = MavenContext(repo_cache=Path(scratch)).project("org.apache.kafka", "kafka_2.13")
        project.update()
        newest = project.release
    path = ROOT / INSTALL
    text = re.sub(r'(?m)^KAFKA_VERSION = ".*"$', f'KAFKA_VERSION = "{newest}"', path.read_text())
    path.write_text(text)
    subprocess.run([sys.executable, "-m", "electionlab", "lock"], cwd=ROOT, check=True)


def versions(requirements: str, install: str) -> dict[str, str]:
    """Each package with its version, and Kafka with its own."""
    found = dict(re.findall(r"(?m)^([\w.-]+)==([\w.+!-]+)", requirements))
    (found["kafka"],) = re.findall(r'(?m)^KAFKA_VERSION = "(.*)"$', install)
    return found


def changes(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """`faust-streaming 0.15.3 -> 0.16.0`: what the workbook is about first, then the others."""
    order = [*SUBJECTS, *sorted((before.keys() | after.keys()) - set(SUBJECTS))]
    return [
        f"{name} {before.get(name, 'absent')} -> {after.get(name, 'absent')}"
        for name in order
        if before.get(name) != after.get(name)
    ]


def committed(path: str) -> str:
    command = ["git", "show", f"HEAD:{path}"]
    return subprocess.check_output(command, cwd=ROOT, encoding="utf-8")


def tell(as_error: bool) -> None:
    """Print what changed: a list, or one line that GitHub shows as the run's error."""
    now = versions((ROOT / REQUIREMENTS).read_text(), (ROOT / INSTALL).read_text())
    changed = changes(versions(committed(REQUIREMENTS), committed(INSTALL)), now)
    if not as_error:
        print("\n".join(f"- {line}" for line in changed) or "Nothing has changed.")
    elif changed:
        print(f"::error::It broke with the newest packages: {', '.join(changed)}")
    else:
        print("::error::It broke although no package has changed.")


if __name__ == "__main__":
    if sys.argv[1] == "pin":
        pin()
    else:
        tell("--as-error" in sys.argv)
