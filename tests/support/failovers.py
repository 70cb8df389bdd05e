"""Failovers of a session of 6 s, as literal events."""

from histories import assigned, group_stored, joined, noticed, published, started

from electionlab.failover.model import Round, Settings
from electionlab.history import events as ev

SIX = Settings(6, 1, 2)
ABOUT = {"settings": " ".join(f"{name}={value}" for name, value in SIX.environment().items())}


def gave_up(time, worker):
    return ev.SessionExpired(time=time, worker="kafka", member_id=f"faust-{worker}")


def begun():
    """A, B and C are a group from 1 s on, and A leads."""
    events = [group_stored(1, 1, "ABC", "A")]
    for worker in "ABC":
        events += [started(0, worker), joined(1, worker, 1), assigned(1, worker, worker == "A")]
    return [*events, published(2, "A"), published(4, "A")]


def taken_over(at=0.0):
    """B and C hear of the loss of A at 15.5 and 15.7 s, and B publishes at 17 s."""
    return [
        *(noticed(15.5 + at, "B"), noticed(15.7 + at, "C"), group_stored(15.8 + at, 2, "BC", "B")),
        *(assigned(15.85 + at, "B", True), assigned(15.85 + at, "C", False)),
        *(published(17 + at, "B"), published(19 + at, "B")),
    ]


def failover(fault="kill", settings=SIX, late_s=0.0, generations=1, **took):
    """A failover as quick as the settings allow but for the steps named."""
    lowest = {step: low for step, (low, _) in settings.predicted_steps(fault).items()}
    return Round(fault, settings, {**lowest, **took}, late_s, generations)
