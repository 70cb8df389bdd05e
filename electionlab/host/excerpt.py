"""What a message quotes of a long log: the first error with its causes, and the end."""

from __future__ import annotations

import re
from pathlib import Path

from electionlab.host import disks

HEAD = re.compile(r"\[?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\]?")  # of a record, Faust's or Kafka's
ERROR = re.compile(r"\[?(ERROR|FATAL|CRITICAL)\b|\[\d+\] \[(ERROR|CRITICAL)\]")
THROWN = re.compile(
    r"(Caused by: |Exception in thread \"[^\"]*\" )?([A-Za-z_$][\w$]*\.)*\w*(Error|Exception)\b"
)
FRAME = re.compile(r"\s+at \S+\(|\s+\.\.\. \d+ more")  # of a Java stack trace
HARMLESS = re.compile("GroupCoordinatorNotAvailableError")  # a new Kafka has no groups yet
CAUSES = 4


def excerpt(log: Path, count: int = 10) -> str:
    """Lines of a log file, indented: the first error and the causes it names, without stack frames,
    then the last `count` lines.

    The last lines of a server that fails, or of a worker that shuts down cleanly, do not name the
    cause.
    """
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    lines = [line for line in text.splitlines() if not FRAME.match(line)]
    rest = max(0, len(lines) - count)
    first = [number for number in _first_error(lines) if number < rest]
    shown: list[str] = []
    for number, line in enumerate(lines):
        if number in first or number >= rest:
            shown.append(line)
        elif shown and shown[-1] != "…":
            shown.append("…")
    text = "\n".join(f"    {line}" for line in shown) or "    (it printed nothing)"
    return text + disks.full()  # on a full disk it could not print anything


def _first_error(lines: list[str]) -> list[int]:
    """The line numbers of the first error: its own line, and those that name its causes."""
    numbers: list[int] = []
    for number, line in enumerate(lines):
        head = HEAD.match(line)
        if numbers and head:
            break
        is_error = ERROR.match(line[head.end() :].strip()) if head else THROWN.match(line)
        if is_error and not HARMLESS.search(line):
            numbers.append(number)
    return numbers[:CAUSES]
