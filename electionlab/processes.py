"""A process of ours: started under a guard, signalled by its own id, never left behind."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from electionlab import guard
from electionlab.errors import LabError
from electionlab.waiting import wait_until

UTC = {"TZ": "UTC"}
OWNERS_VARIABLE = "ELECTIONLAB_OWNERS"
"""Environment variable: ids of processes further up (make, sphinx-build) that own what we start."""


def outer_owners() -> list[int]:
    """The process ids in ELECTIONLAB_OWNERS.

    Raises LabError where one of them has gone: then nothing more may be started on its behalf.
    """
    pids = [int(pid) for pid in os.environ.get(OWNERS_VARIABLE, "").split(",") if pid]
    for pid in pids:
        if not guard.alive(pid):
            raise LabError(
                f"Nothing is started any more: process {pid}, for which this one works "
                f"({OWNERS_VARIABLE}), has ended. Start the build or JupyterLab again."
            )
    return pids


def add_owner(pid: int) -> None:
    """Name one more process without which nothing that this one and its children start may live."""
    pids = [str(owner) for owner in outer_owners()]
    if str(pid) not in pids:
        os.environ[OWNERS_VARIABLE] = ",".join([*pids, str(pid)])


def last_lines(log: Path, count: int = 15) -> str:
    """The last `count` lines of a log file, indented, for an error message.

    The last line that names an error comes first, if it stands further up: a worker that stops in
    good order buries the cause under its farewell.
    """
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    named = [line for line in lines[:-count] if re.search(r"(Error|Exception)\b", line)]
    if named and not any("Error" in line for line in lines[-count:]):
        lines = [named[-1], "…", *lines[-count:]]
        count += 2
    return "\n".join(f"    {line}" for line in lines[-count:]) or "    (it printed nothing)"


@contextlib.contextmanager
def folder_for_a_process(kind: str) -> Iterator[Path]:
    """A new temporary folder for a process that is started in the `with` block. From then on the
    guard removes it (`Process(remove=…)`); if the block fails, it is removed here."""
    folder = Path(tempfile.mkdtemp(prefix=f"electionlab-{kind}-"))
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


class Process:
    """One command under a guard. It ends with this interpreter, at the latest.

    `log` gets standard output and standard error joined, in their order: a file, because a full
    or broken pipe would stop the command. `remove` are folders that go when the command ends.
    Its clock is UTC, so that no hour of its log comes twice.
    `keep` are file descriptors that stay open as long as the guard lives (a held lock).
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        name: str,
        log: Path,
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
        remove: Sequence[Path] = (),
        keep: Sequence[int] = (),
        grace_s: float = 2.0,
    ) -> None:
        self.name = name
        self.command = list(command)
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        order = {
            "owners": [os.getpid(), *outer_owners()],
            "command": self.command,
            "log": str(log.absolute()),
            "remove": [str(path.absolute()) for path in remove],
            "grace_s": grace_s,
        }
        try:
            self._guard = subprocess.Popen(
                [sys.executable, "-I", "-S", guard.__file__, json.dumps(order)],
                cwd=folder,
                env={**(os.environ if environment is None else environment), **UTC},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                pass_fds=keep,
                start_new_session=True,
                text=True,
            )
        except OSError as error:
            raise LabError(f"{name} could not be started in {folder}: {error.strerror}.") from error
        assert self._guard.stdout is not None
        try:
            with self._guard.stdout as told:
                answer = told.readline().strip()
        except BaseException:  # a cell interrupted right here must not leave the command behind
            self._guard.terminate()
            self._guard.wait()
            raise
        if not answer.isdigit():
            self._guard.wait()
            raise LabError(f"{name} could not be started: {answer or 'its guard died'}")
        self.pid = int(answer)

    @property
    def status(self) -> int | None:
        """The command's exit status (128 + n where signal n ended it); None while it runs."""
        return self._guard.poll()

    @property
    def alive(self) -> bool:
        return self.status is None

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the command. Raises LabError where it has ended already.

        The id cannot have passed to another process: the guard keeps its place until it ends.
        """
        if self.alive:
            try:
                os.kill(self.pid, number)
                return
            except ProcessLookupError:  # it has ended, and the guard is just tidying up
                self._guard.wait()
        raise LabError(
            f"{self.name} (process {self.pid}) has ended already, with status {self.status}: "
            f"{number.name} was not sent."
        )

    def wait(self, within: float) -> int:
        """Wait for the end and return the status; LabError after `within` seconds."""
        return wait_until(
            lambda: None if self.status is None else (self.status,),
            within=within,
            why=lambda: (
                f"{self.name} (process {self.pid}) still runs. Its last lines:\n"
                + last_lines(self.log)
            ),
        )[0]

    def stop(self, within: float = 10.0) -> None:
        """End the command: SIGTERM, and SIGKILL after `within` seconds. Ended already is fine."""
        if not self.alive:
            return
        try:
            self._signal(signal.SIGTERM)
            self.wait(within)
        except BaseException as stopped:  # too slow, or the reader interrupts the stop itself
            self._signal(signal.SIGKILL)
            self._guard.wait()
            if not isinstance(stopped, LabError):
                raise

    def _signal(self, number: signal.Signals) -> None:
        """Send a signal if the command still runs; the guard may just be tidying up after it."""
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


def keep_folder(folder: Path) -> Process:
    """A process that does nothing but own a folder: whatever ends this interpreter, the folder goes
    3 s later, when what works in it has been ended too. Kill it to remove the folder now."""
    return Process(
        ["sh", "-c", "trap '' TERM; while :; do sleep 3600; done"],
        name=f"The keeper of {folder}",
        log=folder / "keeper.log",
        remove=[folder],
        grace_s=3.0,
    )
