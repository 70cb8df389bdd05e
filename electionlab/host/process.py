"""A process of ours: started under a guard, signalled by its own id, never left behind."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from electionlab.errors import LabError
from electionlab.host import disks, guard
from electionlab.host.excerpt import excerpt
from electionlab.host.owners import outer_owners
from electionlab.host.waiting import wait_until

UTC = {"TZ": "UTC"}


@contextlib.contextmanager
def folder_for_a_process(kind: str) -> Iterator[Path]:
    """A new temporary folder for a process that is started in the `with` block. From then on the
    guard removes it (`Process(remove=…)`); if the block fails, it is removed here. Raises LabError
    if the disk is full."""
    disk = disks.temporary()
    with disk.errors():
        folder = Path(tempfile.mkdtemp(prefix=f"electionlab-{kind}-"))
    try:
        with disk.errors():
            yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


class Process:
    """One command under a guard. It ends with this interpreter at the latest.

    `log` gets standard output and standard error together, in order: a file, because a full or
    broken pipe would stop the command. `remove` are folders to remove when the command ends. Its
    time zone is UTC, so that no hour occurs twice in its log. `keep` are file descriptors that stay
    open as long as the guard lives (a held lock).
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
        disks.require_room(log)
        order = {
            "owners": [os.getpid(), *outer_owners()],
            "command": self.command,
            "log": str(log.absolute()),
            "remove": [str(path.absolute()) for path in remove],
            "grace_s": grace_s,
        }
        encoding = ["-X", f"utf8={sys.flags.utf8_mode}"]  # it has to write paths as we do
        try:
            self._guard = subprocess.Popen(
                [sys.executable, "-I", "-S", *encoding, guard.__file__, json.dumps(order)],
                cwd=folder,
                env={**(os.environ if environment is None else environment), **UTC},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                pass_fds=keep,
                start_new_session=True,
                encoding="utf-8",
            )
        except OSError as error:
            raise LabError(f"{name} could not be started in {folder}: {error.strerror}.") from error
        assert self._guard.stdout is not None
        try:
            with self._guard.stdout as output:
                answer = output.readline().strip()
        except BaseException:  # a cell interrupted right here must not leave the command behind
            self._guard.terminate()
            self._guard.wait()
            raise
        if not answer.isdigit():
            self._guard.wait()
            raise LabError(f"{name} could not be started: {answer or 'its guard died'}")
        self.pid = int(answer)

    def __repr__(self) -> str:
        state = "running" if self.alive else f"ended with status {self.status}"
        return f"{self.name} (process {self.pid}), {state}"

    @property
    def status(self) -> int | None:
        """The command's exit status (128 + n where signal n ended it); None while it runs."""
        return self._guard.poll()

    @property
    def alive(self) -> bool:
        return self.status is None

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the command. Raises LabError if it has already ended.

        The id is not reused for another process before the guard has waited for the command.
        """
        if self.alive:
            try:
                os.kill(self.pid, number)
                return
            except ProcessLookupError:  # it has ended, and the guard is still tidying up
                self._guard.wait()
        raise LabError(
            f"{self.name} (process {self.pid}) has already ended, with status {self.status}: "
            f"{number.name} was not sent."
        )

    def wait(self, within: float) -> int:
        """Wait for the end and return the status; LabError after `within` seconds."""
        return wait_until(
            lambda: None if self.status is None else (self.status,),
            within=within,
            why=lambda: f"{self.name} (process {self.pid}) is still running. {self.last_words()}",
            what=f"the end of {self.name}",
            now=lambda: "it is still running",
        )[0]

    def wait_ready(self, answers: Callable[[], bool], within: float) -> None:
        """Wait until a server answers. LabError, quoting its log, if it ends, or after `within`
        seconds."""

        def is_ready() -> bool:
            self.require_alive()
            return answers()

        wait_until(
            is_ready,
            within=within,
            why=lambda: f"{self.name} does not answer. {self.last_words()}",
            every=0.01,
            what=self.name,
            now=lambda: "it does not answer yet",
        )

    def require_alive(self, then: str = "") -> None:
        """Raise LabError, quoting the log, if the command has ended. `then` says what the reader
        should do."""
        if not self.alive:
            ended = f"{self.name} has ended, with status {self.status}."
            raise LabError(f"{ended} {self.last_words()}\n{then}".rstrip())

    def last_words(self) -> str:
        """An excerpt of the log, and where it is."""
        return f"From {self.log}:\n{excerpt(self.log)}"

    def stop(self, within: float = 10.0) -> None:
        """End the command: SIGTERM, and SIGKILL after `within` seconds. Does nothing if it has
        ended."""
        if not self.alive:
            return
        try:
            self._signal(signal.SIGTERM)
            self.wait(within)
        except BaseException as stopped:  # too slow, or the reader interrupts this wait
            self._signal(signal.SIGKILL)
            self._guard.wait()
            if not isinstance(stopped, LabError):
                raise

    def _signal(self, number: signal.Signals) -> None:
        """Send a signal if the command still runs; the guard may still be tidying up after it."""
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


def json_lines(log: Path) -> list[dict[str, Any]]:
    """The complete JSON objects in a log, one a line; whatever else stands there is left out."""
    lines = []
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True):
        if line.startswith("{") and line.endswith("\n"):
            with contextlib.suppress(ValueError):
                lines.append(json.loads(line))
    return lines


def keep_folder(folder: Path) -> Process:
    """A process that only owns a folder: however this interpreter ends, the folder is removed 3 s
    later, when whatever uses it has been ended too. Kill the process to remove the folder now."""
    return Process(
        ["sh", "-c", "trap '' TERM; while :; do sleep 3600; done"],
        name=f"The keeper of {folder}",
        log=folder / "keeper.log",
        remove=[folder],
        grace_s=3.0,
    )
