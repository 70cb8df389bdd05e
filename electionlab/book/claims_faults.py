"""The ledger's faults: what each fault of the lab did to the election in this build.

`docs/claims.toml` has an entry for each fault: the experiment that shows it, and which of the
claims in PROMISES it breaks, or may break. `judge_faults` judges all experiments of a page at once.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from electionlab import checks
from electionlab.book import claims
from electionlab.book.claims import LEDGER
from electionlab.checks.leaders import leaderless
from electionlab.checks.verdict import SIGNS
from electionlab.errors import LabError
from electionlab.history import events as ev
from electionlab.history.history import History
from electionlab.history.intervals import overlaps
from electionlab.history.readable import number_of
from electionlab.host import notes


@dataclass(frozen=True)
class Fault:
    """A fault of the lab. `acts` are the actions in `history.actions` that it is made of, `breaks`
    the claims in PROMISES that it breaks, `may_break` those that it breaks in some runs only.
    `page`, `anchor` and `so` as in `Claim`."""

    key: str
    words: str
    acts: list[str]
    experiment: str
    page: str
    anchor: str
    so: str
    breaks: tuple[str, ...] = ()
    may_break: tuple[str, ...] = ()

    @property
    def expected(self) -> dict[str, str]:
        """What is expected of each promise, as in `Claim`."""
        may = dict.fromkeys(self.may_break, "held|broken")
        return dict.fromkeys(PROMISES, "held") | dict.fromkeys(self.breaks, "broken") | may


@dataclass(frozen=True, repr=False)
class FaultJudged:
    """This build's findings on a fault. `outcomes` and `words` are by promise; `pause_s` is the
    longest time (seconds) in which no greeting was published."""

    fault: Fault
    outcomes: Mapping[str, str]
    words: Mapping[str, str]
    pause_s: float

    @property
    def unexpected(self) -> list[str]:
        """The promises whose outcome is neither the one expected nor unknown."""
        return [
            key
            for key, expected in self.fault.expected.items()
            if self.outcomes.get(key) not in (*expected.split("|"), "unknown")
        ]

    @property
    def kind(self) -> str:
        return "broken" if "broken" in self.outcomes.values() else "held"

    @property
    def lines(self) -> list[str]:
        """The findings in words, each with its sign, and what was expected where it differs."""
        lines = []
        for key, words in self.words.items():
            expected = self.fault.expected[key].replace("|", " or ")
            differs = f" (expected: {expected})" if key in self.unexpected else ""
            lines.append(f"{SIGNS[self.outcomes[key]]} {words}{differs}")
        return [*lines, self._pause]

    def in_words(self, promises: Sequence[str] = ()) -> str:
        """The findings in sentences, on these promises alone or on all, and the longest pause."""
        told = [self.words[key] for key in promises or self.words]
        return " ".join([*told, self._pause])

    @property
    def _pause(self) -> str:
        return f"The experiment's longest time without a publish: {self.pause_s:.1f} s."

    def __repr__(self) -> str:
        return f"{self.fault.words}: {' '.join(self.lines)}"

    @property
    def record(self) -> dict[str, Any]:
        """What is left in a notebook for the ledger."""
        return {"outcomes": self.outcomes, "words": self.words, "pause_s": self.pause_s}


# What is judged of each fault --------------------------------------------------------------------


def one_leader(history: History) -> tuple[str, str]:
    verdict = checks.at_most_one_leader(history)
    both_s, acting_s = (verdict.figures.get(name, 0.0) for name in ("overlap_s", "acting_s"))
    awake = "" if acting_s == both_s else f", {acting_s:.1f} s of it with both awake"
    words = {
        "held": "One led at a time.",
        "broken": f"Two led at once, for {both_s:.3f} s{awake}.",
        "unknown": "Nobody led.",
    }
    return verdict.outcome, words[verdict.outcome]


def one_acts(history: History) -> tuple[str, str]:
    verdict = checks.one_effective_publisher(history)
    stale = int(verdict.figures.get("stale", 0))
    # Of some greetings it is not known who made them.
    least = "At least " * any(verdict.figures.get(name) for name in ("uncertain", "untraced"))
    words = {
        "held": "Every greeting that arrived was made by the worker that led in Kafka's eyes.",
        "broken": f"{least}{number_of(stale, 'greeting')} arrived, made by a worker that was no "
        "longer Kafka's leader.",
        "unknown": "It is not known who sent each greeting.",
    }
    return verdict.outcome, words[verdict.outcome]


def somebody_leads(history: History) -> tuple[str, str]:
    """Whether somebody leads in the end, whose Kafka exists. Without a leader from the start, that
    is unknown: nothing was lost."""
    if not history.leaderships:
        return "unknown", "Nobody ever led."
    gaps = leaderless(history)
    if gaps and gaps[-1][1] >= history.over:
        whom = "the new Kafka had no leader" if history.replacements else "nobody led"
        return "broken", f"In the end {whom}."
    longest_s = max((end - start for start, end in gaps), default=0.0)
    return "held", f"Somebody led in the end. The longest time without a leader: {longest_s:.1f} s."


PROMISES: Mapping[str, Callable[[History], tuple[str, str]]] = {
    "only-one-leader-ever": one_leader,
    "usable-as-a-mutex": one_acts,
    "new-leader-after-loss": somebody_leads,
}
"""The claims that every fault is judged by: what gives the outcome and words for it."""


def judge_faults(histories: Mapping[str, History], ledger: Path = LEDGER) -> list[FaultJudged]:
    """Judge the faults whose experiments have a history here, by the experiment's name, and leave
    the findings for the ledger.

    Raises AssertionError if an outcome is not expected, or if there were two leaders although the
    older one had been interrupted or killed before: then the ledger's condition for one leader is
    wrong.
    """
    judged = []
    for fault in load(ledger).values():
        if fault.experiment in histories:
            finding = judge_one(fault, histories[fault.experiment])
            notes.leave(glue_name(fault.key), finding.record)
            judged.append(finding)
    return judged


def judge_one(fault: Fault, history: History) -> FaultJudged:
    """What a history says of its fault. Raises as `judge_faults` does."""
    found = {key: judge(history) for key, judge in PROMISES.items()}
    judged = FaultJudged(
        fault,
        {key: outcome for key, (outcome, _) in found.items()},
        {key: words for key, (_, words) in found.items()},
        longest_pause_s(history),
    )
    if judged.unexpected:
        raise AssertionError(
            f"{fault.words}: {' '.join(judged.lines)}\nIf Faust or Kafka has changed, the page and "
            f"{LEDGER.name} have to say so."
        )
    for worker, time in led_after_its_end(history):
        raise AssertionError(
            f"{fault.words}: {worker} led beside another from {history.at(time):.3f} s on, although"
            " it had been asked to end, or been killed. The ledger says that this cannot happen."
        )
    return judged


def longest_pause_s(history: History) -> float:
    """The longest time without a publish, in seconds, from when the experiment begins or somebody
    first leads in it."""
    led_from = history.leaderships[0].start if history.leaderships else history.start
    published = [event.time for event in history.of(ev.Published) if event.time < history.over]
    times = [max(history.start, led_from), *published, history.over]
    return max(later - earlier for earlier, later in itertools.pairwise(times))


def led_after_its_end(history: History) -> list[tuple[str, float]]:
    """Each worker that led beside another although it had been interrupted or killed before the
    other began to lead, and since when (Unix seconds)."""
    ends = history.of(ev.WorkerInterrupted, ev.WorkerKilled)
    return [
        (older.worker, start)
        for older, _, (start, _) in overlaps(history.leaderships)
        if any(end.worker == older.worker and older.start <= end.time <= start for end in ends)
    ]


def glue_name(key: str) -> str:
    """The name under which a fault's finding stands in a notebook's outputs, and its row's id."""
    return f"fault-{key.replace(' ', '-')}"


@functools.cache
def load(path: Path = LEDGER) -> dict[str, Fault]:
    """The ledger's faults by key. If an entry is not valid, a LabError names it."""
    entries = claims.read(path).get("fault", [])
    faults: dict[str, Fault] = {}
    for number, entry in enumerate(entries, start=1):
        try:
            fault = Fault(**entry)
        except TypeError as error:
            raise LabError(f"{path}, fault {number}: {error}") from error
        unknown = {*fault.breaks, *fault.may_break} - set(PROMISES)
        if unknown or fault.key in faults:
            raise LabError(f"{path}, fault {fault.key!r}: {sorted(unknown) or 'twice'}")
        faults[fault.key] = fault
    return faults
