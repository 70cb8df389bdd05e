"""A run to play back: who led, who held what, greetings on their way, elections and faults."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from electionlab.history.history import HasHistory, History, as_history
from electionlab.history.intervals import overlaps
from electionlab.pictures.drawing import labels
from electionlab.pictures.drawing.canvas import RIGHT
from electionlab.pictures.drawing.svg import WIDTH
from electionlab.pictures.replay_data import replay_data
from electionlab.pictures.replay_rules import rules
from electionlab.pictures.timeline import LANE, LEFT, Timeline

PLAYER = Path(__file__).parent / "player"
PLAYS = ("run.js", "stage.js", "player.js")
READS = ("parse.js", "derive.js", "reader.js")
WITHOUT_JAVASCRIPT = "<p>To play a history here, your browser has to run JavaScript.</p>"


class Replay(Timeline):
    """A history, or a run so far, to play back: the value of a notebook's cell.

    It is a timeline with a player above it. Without JavaScript, and where no HTML is shown, the
    timeline is what is left. `at` is the second at which it stands first; without it, it stands
    where two workers lead at once, or else at the first election.
    """

    def __init__(
        self, source: History | HasHistory, caption: str = "", at: float | None = None
    ) -> None:
        super().__init__(as_history(source), caption)
        self.at = self._first_sight() if at is None else at

    def _first_sight(self) -> float:
        history = self.history
        both = [start for _, _, (start, _) in overlaps(history.leaderships)]
        begun = both or [span.start for span in history.leaderships]
        return history.at(begun[0] if begun else history.start)

    def _repr_html_(self) -> str:
        canvas, _ = labels.with_room(self.history, LANE, LEFT)
        across = {"left": LEFT, "width": WIDTH - LEFT - RIGHT}
        axis = {**across, "top": canvas.top, "bottom": canvas.bottom}
        data = replay_data(self.history) | {"at": round(self.at, 3), "axis": axis}
        replay = f"<lab-replay>{_json(data)}{super()._repr_html_()}</lab-replay>"
        return replay + _script(*PLAYS)


def file_player() -> str:
    """The HTML of a place to which a reader drops any saved history, to play it. It is read by the
    browser alone, and goes nowhere."""
    place = f"<lab-replay-file>{_json(rules())}{WITHOUT_JAVASCRIPT}</lab-replay-file>"
    return place + _script(*PLAYS, *READS)


def _json(data: object) -> str:
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for letter in "<&":  # nothing in it ends the script, and an electronic book takes it as XML
        written = written.replace(letter, f"\\u{ord(letter):04x}")
    return f'<script type="application/json">{written}</script>'


@cache
def _script(*names: str) -> str:
    """The player's code. Each replay brings it along, 30 kB: so a notebook, a page that was saved
    and a page that is read from a file need nothing else, and no network. It is no frame of its
    own, which would know neither the page's colours nor its own height."""
    style = json.dumps((PLAYER / "player.css").read_text(encoding="utf-8"))
    lines = "".join((PLAYER / name).read_text(encoding="utf-8") for name in names).splitlines()
    code = "\n".join(line.strip() for line in lines)
    return f"<script>//<![CDATA[\n{{const STYLE = {style};\n{code}}}\n//]]></script>"
