"""The sound run as a storm of one round, and its judgement."""

from histories import (
    committed,
    sound_run,
)

from electionlab.history import events as ev
from electionlab.history.history import History
from electionlab.storm import judge


def begun(time, number, what="kill"):
    return ev.RoundBegun(time=time, worker="lab", number=number, what=what)


def over(time, number, missing=""):
    return ev.RoundEnded(time=time, worker="lab", number=number, missing=missing)


def storm(*more, without=()):
    """The sound run, in which A is killed at 9 s, as a storm of one round; and more."""
    rounds = [begun(8.9, 1), over(13.2, 1), committed(8.2, 4), committed(19.2, 8)]
    events = [*sound_run(), *rounds, *more]
    return History([event for event in events if not isinstance(event, without)])


def judged(*more, **options):
    return judge.judge(storm(*more, **options))


def causes(judgement, check):
    (row,) = [row for row in judgement.rows if row.check == check.__name__]
    return dict(row.causes)


def found(judgement):
    return {finding.check for finding in judgement.findings}


def in_short(breaches):
    """When each breach began, in words, and its cause."""
    return [(breach.time, str(breach), breach.cause) for breach in breaches]
