"""Whether the workers' logs are complete: what is in no log may have happened all the same."""

from __future__ import annotations

from electionlab.checks.broker_view import READ_WITHIN_S
from electionlab.history import events as ev
from electionlab.history.attribution import BEFORE_S
from electionlab.history.history import History


def unlogged(history: History) -> str:
    """Why the workers' logs are incomplete, in words; empty if nothing says they are.

    Either a disk was full or a log was cut off, and the run noted it; or the topic has a greeting
    that no log shows as published; or the broker counted a worker as a member of the group, and the
    worker's log says nothing of that.
    """
    for failed in history.of(ev.WitnessFailed):
        if failed.asked == "log":
            return f"The logs do not tell all: at {history.at(failed.time):.3f} s {failed.why}."
    # A window may begin between the publish and the greeting.
    begin = history.start + BEFORE_S
    stored = [event for event in history.of(ev.GreetingStored) if event.time > begin]
    untraced = [event for event in stored if history.publisher_of(event) is None]
    publishes = history.of(ev.Published)
    if untraced and publishes:
        return (
            "The logs do not tell all: no log tells who published "
            f"{len(untraced)} of {len(stored)} greetings in the topic."
        )
    joined = {join.worker for join in history.member_joins}
    started = {event.worker for event in history.of(ev.WorkerStarted)}
    for generation in history.stored_generations:
        silent = sorted(started & set(generation.members) - joined)
        if silent and joined and generation.start < history.end - READ_WITHIN_S:
            return (
                f"The logs do not tell all: {silent[0]} was a member of generation "
                f"{generation.number}, and its log says nothing of that."
            )
    return ""
