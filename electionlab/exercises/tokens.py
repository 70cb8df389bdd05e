"""An exercise about fencing tokens: what a reader takes, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from electionlab.exercises.feedback import UnsolvedError, call, gives_feedback, shown

TOPICS: tuple[tuple[Sequence[int], Sequence[int]], ...] = (
    ((3, 3, 3), (3, 3, 3)),
    ((3, 4, 4, 6), (3, 4, 4, 6)),
    ((3, 4, 3, 4), (3, 4, 4)),
    ((3, 4, 3, 3, 5), (3, 4, 5)),
    ((5, 5, 3, 4, 5, 4), (5, 5, 5)),
    ((7, -1, 7, 8), (7, 7, 8)),
    ((), ()),
)
"""The generations of greetings in a topic's order, and those that a reader should take."""


@gives_feedback
def refuses_what_is_late(take: Callable[[list[int]], list[int]] | object) -> str:
    """Judges a function that takes the generations of greetings, in the topic's order, and returns
    those that a reader takes who refuses what comes too late."""
    for given, wanted in TOPICS:
        answer = call(take, list(given))
        if not isinstance(answer, (list, tuple)):
            raise UnsolvedError(f"A list is wanted, and for {list(given)} it is {shown(answer)}.")
        if list(answer) == list(wanted):
            continue
        finding = f"Of {list(given)} your reader takes {shown(list(answer))}"
        if len(answer) > len(wanted):
            raise UnsolvedError(f"{finding}: among them what stands behind a later generation.")
        if sorted(map(str, answer)) == sorted(map(str, wanted)):
            raise UnsolvedError(f"{finding}. The order is that of the topic.")
        raise UnsolvedError(f"{finding}. It refuses what a leader published in time.")
    return f"Your reader refuses what comes too late, and nothing else, in {len(TOPICS)} topics."
