"""The panel itself: follows a run from a thread, and shows it where a person can press buttons."""

from __future__ import annotations

import html
import threading
import time
import weakref
from typing import Any

from electionlab.errors import LabError
from electionlab.history import events as ev
from electionlab.history.readable import time_of_day
from electionlab.host import cells
from electionlab.host.lifecycle import Stoppable
from electionlab.host.owners import build_name
from electionlab.lab.lab import Lab
from electionlab.lab.workers import Workers
from electionlab.panel.acts import Acts, one_line
from electionlab.panel.cards import Cards
from electionlab.panel.comms import beside_cells
from electionlab.panel.pacing import Pacing
from electionlab.panel.rows import KINDS, Rows
from electionlab.pictures.replay import Replay
from electionlab.pictures.timeline import Timeline

EVERY_S = 0.5
"""Seconds between two looks at what the workers have logged."""

PICTURE_EVERY_S = 1.0
WINDOW_S = 120.0
"""The timeline shows at most so many seconds, the newest."""

NOTHING = "Nothing has happened in this run yet, so there is nothing to show."
IN_PLACE = "The run until then. In a notebook that runs, the panel stands here."

_shown: weakref.WeakValueDictionary[int, Panel] = weakref.WeakValueDictionary()
"""The panel of each run, by the run's `id`."""


class Panel(Stoppable):
    """A live panel of a run, `Workers` or a `Lab`: the value of a notebook's cell.

    A card for each worker with buttons, the timeline of the last two minutes, and the log. Other
    cells run meanwhile. It lives until `close`, or until its output is removed; the run goes on
    without it. A run has one panel at a time: another one closes the former.

    Where nobody could press a button (a build, nbconvert, a terminal), and for a lab that has
    ended, it is the run so far as a `Replay`. LabError if `run` is neither kind of run.
    """

    def __init__(self, run: Workers | Lab) -> None:
        if not isinstance(run, (Workers, Lab)):
            raise LabError(f"A panel shows a run, Workers or a Lab, and not {run!r}.")
        self.run = run
        self.widget: Any = None  # once it is shown
        self._recorder = (run.workers if isinstance(run, Lab) else run).recorder
        self._cards = Cards(can_cut=isinstance(run, Lab), seconds=self._recorder.at)
        self._rows = Rows()
        self._acts = Acts(run, self.say)
        self._said: dict[str, object] = {}
        self._sentences = 0
        self._seen = 0  # how many of the run's events
        self._pacing = Pacing(PICTURE_EVERY_S)
        self._views = 0  # how many places show it
        self._looking = threading.Lock()
        self._changed = threading.Event()
        self._paused = threading.Event()  # of the thread that follows the run
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def show(self) -> Any:
        """The widget, which follows the run from now on. LabError if the panel was closed."""
        if self._is_closed:
            raise LabError("This panel was closed. Make a new one, as with Panel(workers).")
        if self.widget is None:
            if former := _shown.get(id(self.run)):
                former.close()
            _shown[id(self.run)] = self
            beside_cells().run(self._begin)
        self._follow()
        return self.widget

    def _begin(self) -> None:
        from electionlab.panel.widget import PanelWidget  # brings Jupyter's widgets

        kinds = [[kind, label] for kind, (label, _) in KINDS.items()]
        self.widget = PanelWidget(title=f"Panel of {self.run.title}", kinds=kinds)
        self.widget.on_msg(self._on_message)
        self.look()

    def close(self) -> None:
        """Remove the panel. The run goes on. Does nothing if it was closed."""
        self._is_closed = True
        self._pause()
        if _shown.get(id(self.run)) is self:
            del _shown[id(self.run)]
        with self._looking:
            if self.widget is not None:
                self.widget.close()

    def stop(self) -> None:
        """The same as `close`."""
        self.close()

    @property
    def over(self) -> bool:
        """Whether the run can never go on: it is a lab that has ended."""
        return isinstance(self.run, Lab) and self.run.state == "ended"

    @property
    def title(self) -> str:
        return f"a panel of {self.run.title}"

    def say(self, words: str, *, is_error: bool = False) -> None:
        """Show a sentence about an act. May be called from any thread."""
        self._sentences += 1
        self._said = {"number": self._sentences, "words": words, "is_error": is_error}
        self._changed.set()

    def look(self) -> None:
        """Read what is new, and show what has changed."""
        with self._looking:
            over = self.over  # asked first: what came before is read below
            events = self._recorder.news(self._seen)
            self._seen += len(events)
            is_row = [self._rows.add(event) for event in self._cards.add(events)]
            widget = self.widget
            with widget.hold_sync():
                widget.cards = self._cards.at(time.time(), over=over)
                widget.leaders = self._cards.leaders
                if any(is_row):
                    widget.rows = self._rows.all(self._recorder.at)
                widget.said = self._said
                widget.over = over
                if events or any(worker.alive for worker in self.run.lives):
                    widget.picture = self._pacing.again(self._draw, widget.picture)

    def _draw(self) -> dict[str, str]:
        history = self._recorder.history()
        if not history.of(ev.WorkerStarted):
            return {}
        start = max(history.start, history.end - WINDOW_S)
        newest = history.between(start, history.end) if start > history.start else history
        words = f"0 s is {time_of_day(history.zero)[:8]} in the logs."
        return {"svg": Timeline(newest).svg(), "words": words}

    # The thread that follows the run

    def _follow(self) -> None:
        if self._thread is None or self._paused.is_set():
            self._paused = threading.Event()
            arguments = [self._look_on, self._paused]
            self._thread = threading.Thread(
                target=beside_cells().run, args=arguments, name="electionlab panel", daemon=True
            )
            self._thread.start()

    def _look_on(self, paused: threading.Event) -> None:
        try:
            while not paused.is_set() and not self.widget.over:
                self.look()
                self._changed.wait(EVERY_S)
                self._changed.clear()
        except Exception as error:
            words = one_line(f"The panel has stopped: {type(error).__name__}: {error}")
            self.widget.said = {"number": -1, "words": words, "is_error": True}

    def _pause(self) -> None:
        self._paused.set()
        self._changed.set()

    def _on_message(self, _widget: object, content: Any, _buffers: object) -> None:
        match content:
            case {"do": "press", "act": str(act)}:
                self._acts.press(act, str(content.get("worker", "")))
            case {"do": "close"}:
                self.close()
            case {"do": "shown"} if not self._is_closed:
                self._views += 1
                self._follow()
            case {"do": "gone"}:
                self._views -= 1
                if self._views <= 0:
                    self._pause()

    # What is shown

    def _repr_mimebundle_(self, **_: object) -> Any:
        if self.over or not _somebody_could_press():
            return self._in_place()
        data, metadata = self.show()._repr_mimebundle_()
        return data | {"text/plain": repr(self)}, metadata

    def _in_place(self) -> dict[str, str]:
        """What stands where there can be no panel."""
        history = self.run.history()
        if not history.of(ev.WorkerStarted):
            return {"text/plain": NOTHING, "text/html": f"<p>{html.escape(NOTHING)}</p>"}
        replay = Replay(history, IN_PLACE, at=history.at(history.end))  # as the panel would stand
        return {"text/plain": repr(replay), "text/html": replay._repr_html_()}


def _somebody_could_press() -> bool:
    """Whether this is a notebook in front of a person. What executes one without a person
    (nbconvert, `jupyter execute`, a build) says that nobody could answer a question."""
    shell = cells.shell(any_thread=True)
    if shell is None or build_name():
        return False
    return bool(shell.get_parent().get("content", {}).get("allow_stdin"))
