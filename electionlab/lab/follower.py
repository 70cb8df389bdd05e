"""Follows a run: prints what its workers log about the election, as they log it."""

from __future__ import annotations

from collections.abc import Callable

from electionlab.history.history import History
from electionlab.history.readable import plural
from electionlab.host import cells
from electionlab.lab.conditions import Condition
from electionlab.lab.waits import Waits
from electionlab.lab.worker import Which


class Follower(Waits):
    """Waits as `Waits` does, and meanwhile prints what the workers log about the election and what
    is done to them. What was logged before the call is summed up in one line.

    Each line begins with its worker's name, the second of the run and the time of day; tables have
    no frames. Lines about anything else are only counted; the logs have them all.
    """

    _printed = 0  # lines, since the wait began

    def wait(
        self,
        condition: Condition,
        *,
        within: float = 90.0,
        what: str = "what this cell asks for",
    ) -> History:
        """Follow until `condition` is true of the history, and return that history."""
        self._recorder.feed.begin()
        return self._follow(condition, within=within, what=what)

    def _wait_from_now(
        self, condition_since: Callable[[float], Condition], *, within: float, what: str
    ) -> History:
        # What is counted is what is shown.
        since = self._recorder.feed.begin()
        return self._follow(condition_since(since), within=within, what=what)

    def _follow(self, condition: Condition, *, within: float, what: str) -> History:
        self._printed = 0
        try:
            # On a terminal the lines themselves would overwrite the line that says what is awaited.
            line = what if cells.shell() is not None else ""
            history = super().wait(condition, within=within, what=line)
        finally:
            self._show(all_of_it=True)
            if count := self._recorder.feed.skipped:
                print(f"(In the logs: {count} other {plural(count, 'line')}.)")
        if not self._printed:
            print(f"(That is already so: {self._standing}.)")
        return history

    def _pause(self, seconds: float) -> None:
        self._show()
        super()._pause(seconds)

    def _show(self, *, all_of_it: bool = False) -> None:
        self._printed += self._recorder.feed.show(self._recorder.read, all_of_it=all_of_it)

    def wait_new_leader(self, old: Which, *, greetings: int = 2, within: float = 90.0) -> History:
        """Follow until a worker other than `old` leads and has published `greetings` times."""
        return super().wait_new_leader(old, greetings=greetings, within=within)
