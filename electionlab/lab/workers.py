"""The Faust workers of a run: started, sent signals, waited for, followed, and stopped."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from electionlab.host import cells
from electionlab.host.folders import PROJECT
from electionlab.host.lifecycle import Stoppable
from electionlab.host.locks import walkthrough
from electionlab.kafka.servers import Servers
from electionlab.lab.command import is_command, require_logging, web_port
from electionlab.lab.follower import Follower
from electionlab.lab.launcher import Launcher
from electionlab.lab.recorder import Recorder
from electionlab.lab.roster import Roster
from electionlab.lab.signals import Signals, say
from electionlab.lab.slots import Slots
from electionlab.lab.standing import Standing
from electionlab.lab.waits import Waits
from electionlab.lab.worker import Which, Worker

APP = "leader-example"
GREETINGS_TOPIC = "leader-example-leader.say"


class Workers(Stoppable):
    """The workers of one run, what was done to them, and the history of the run.

        with Kafka() as kafka, Workers(kafka) as workers:
            workers.start("faust -A leader worker -l info --web-port 6066")

    `settings` are Faust's, as environment variables (`BROKER_SESSION_TIMEOUT="6"`). Each worker
    also gets WEB_BIND=127.0.0.1 and a data folder of its own, so that the commands themselves stay
    as the playbook has them. Faust settings in the reader's environment are kept from them.

    For a program other than leader.py, pass its `folder`, the name of its `app` and the `topic` of
    its greetings. `lock=False`, for web ports of your own, does without the walkthrough's lock.
    `by` is who acts, for the history. A lab passes its `slots`, further facts `about` the run, and
    what to `prepare` before a worker of that name is started.

    A run is made of parts. Pages call their methods on the run itself:

    `lives`, `running` and `worker` are those of `roster` (`Roster`) ·
    `history` that of `recorder` (`Recorder`) ·
    `leader` and `group` those of `standing` (`Standing`) ·
    `interrupt`, `kill`, `freeze` and `thaw` those of `signals` (`Signals`) ·
    `wait`, `wait_leader`, `wait_new_leader`, `wait_publishes`, `wait_greetings` and `read_topic`
    those of `waits` (`Waits`) ·
    `follow`, `follow_publishes`, `follow_greetings`, `follow_new_leader` and `follow_return` are
    the `wait` and `wait_…` of `follower` (`Follower`), which prints meanwhile what is logged.
    """

    def __init__(
        self,
        kafka: Servers,
        *,
        folder: Path = PROJECT,
        settings: Mapping[str, str] | None = None,
        app: str = APP,
        topic: str = GREETINGS_TOPIC,
        lock: bool = True,
        by: str = "",
        slots: Slots | None = None,
        about: Callable[[], Mapping[str, str]] = dict,
        prepare: Callable[[str], None] = lambda name: None,
    ) -> None:
        self.kafka = kafka
        self.folder = folder
        self._locks = lock and slots is None
        self._locked = False
        self._slots = slots
        self._prepare = prepare
        owner = slots.owner if slots else self
        self.roster = Roster(owner.require_not_ended_in_absence)
        self.recorder = Recorder(
            *(kafka, self.roster), app=app, topic=topic, settings=settings, by=by, about=about
        )
        self.standing = Standing(self.recorder, self.roster)
        self.waits = Waits(self.recorder, self.roster, self.standing)
        self.follower = Follower(self.recorder, self.roster, self.standing)
        self.signals = Signals(self.recorder, self.roster)
        self._launcher = Launcher(self.recorder, self.roster, folder)

        # What pages call: methods of the parts, under the same names
        self.lives = self.roster.lives
        self.running = self.roster.running
        self.worker = self.roster.worker
        self.history = self.recorder.history
        self.leader = self.standing.leader
        self.group = self.standing.group
        self.interrupt = self.signals.interrupt
        self.kill = self.signals.kill
        self.freeze = self.signals.freeze
        self.thaw = self.signals.thaw
        self.wait = self.waits.wait
        self.wait_leader = self.waits.wait_leader
        self.wait_new_leader = self.waits.wait_new_leader
        self.wait_publishes = self.waits.wait_publishes
        self.wait_greetings = self.waits.wait_greetings
        self.read_topic = self.waits.read_topic
        self.follow = self.follower.wait
        self.follow_publishes = self.follower.wait_publishes
        self.follow_greetings = self.follower.wait_greetings
        self.follow_new_leader = self.follower.wait_new_leader
        self.follow_return = self.follower.wait_return
        self.wait_ready = self._launcher.wait_ready

    def start(
        self,
        which: Which | None = None,
        *,
        within: float = 60.0,
        settings: Mapping[str, str] | None = None,
    ) -> Any:
        """Run a worker's command line and wait until it is ready. Returns the worker.

        `which` is the command line; or a worker, or its name as a string or a number, to start it
        again with the command and settings it had. A worker that is running is left as it is.
        Without `which`, all workers that have ended are started again, and this run is returned.

        `settings` are further ones for this worker alone. Raises LabError if its port is taken, or
        if its command would not log that it is ready; or, with an excerpt of its log, if it ends or
        is not ready after `within` seconds.
        """
        if which is None:
            for worker in self.roster.ended():
                self.start(worker, within=within)
            return self
        name, command = self._meant(which)
        self._prepare(name)
        self.roster.wait_for_end(name)
        former = self.roster.get(name)
        if former and former.alive:
            say(
                f"Worker {name} is frozen and has not ended: thaw it."
                if former.frozen
                else f"Worker {name} is already running (process {former.process.pid})."
            )
            return former if former.ready else self.wait_ready(former, within=within)
        require_logging(command)
        return self.wait_ready(self.launch(which, settings=settings), within=within)

    def launch(self, which: Which, *, settings: Mapping[str, str] | None = None) -> Worker:
        """Like `start`, but without waiting until the worker is ready. If the last process of this
        name was interrupted or killed, waits for its end first, 30 s at most. LabError if it is
        running."""
        name, command = self._meant(which)
        self._prepare(name)
        former = self.roster.get(name)
        if settings is None and former and not is_command(which):
            settings = former.settings
        if self.ended_in_absence:
            self.kafka.require_alive()  # it was ended at the same time, but may be running again
            self.ended_in_absence = ""
        self._launcher.require_ended(name)
        if self._locks and not self._locked:
            walkthrough.acquire()
            self._locked = True
        cells.make_room(self._slots.owner if self._slots else self, [int(name)])
        if self._slots is None:
            self.recorder.replacement.remember()
        return self._launcher.launch(
            name,
            command,
            settings or {},
            way=self._slots.way(name) if self._slots else {},
            keep=self._descriptors(),
        )

    def stop(self, within: float = 10.0) -> None:
        """Interrupt all workers and wait for their end. Does nothing if they have ended.

        A worker that still runs after `within` seconds is killed. Without its broker Faust may take
        minutes to stop, so it is then killed after 2 s.
        """
        try:
            self.signals.end_all(within=within if self.kafka.alive else 2.0, title=self.title)
        finally:
            if self._locked:
                self._locked = False
                walkthrough.release()
        cells.forget(self)

    @property
    def holds(self) -> set[object]:
        return {int(worker.name) for worker in self.running()}

    @property
    def title(self) -> str:
        names = [worker.name for worker in self.running()]
        return f"workers {', '.join(names)}" if names else "workers that had ended"

    def __repr__(self) -> str:
        names = ", ".join(worker.name for worker in self.running())
        return f"Workers on {self.kafka.bootstrap}: {names or 'none'} running"

    def _meant(self, which: Which) -> tuple[str, str]:
        """The name and the command line of the worker that `which` means. LabError if there is
        none, or if a command line gives no web port."""
        if isinstance(which, str) and is_command(which):
            return web_port(which), which
        name = str(which)
        if self._slots and name in self._slots.names and name not in self.roster:
            return name, self._slots.command(name)
        worker = self.worker(which)
        return worker.name, worker.command

    def _descriptors(self) -> Sequence[int]:
        if self._slots:
            return self._slots.descriptors
        return walkthrough.descriptors if self._locks else []
