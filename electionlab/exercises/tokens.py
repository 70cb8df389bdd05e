"""Exercises about fencing tokens: what a reader takes, and what it refuses."""

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


ORDERS: tuple[tuple[int, ...], ...] = (
    (7, 7, 7),
    (7, 8, 8),
    (7, 8, 7, 8),
    (2, 4, 107, 4, 107),
    (0, 0, 1, 0, 1),
)
"""Tokens in the order in which they reach a receiver: of one leader; of a successor; of a former
leader that comes back; with gaps, as etcd's revisions have; from 0 on, as ZooKeeper numbers."""


@gives_feedback
def compares_tokens(takes: Callable[[int, int | None], bool] | object) -> str:
    """Judges a function that is given a token and the newest one so far, None before the first, and
    says whether a receiver takes a greeting with it."""
    for order in ORDERS:
        newest: int | None = None
        for number, token in enumerate(order):
            answer = call(takes, token, newest)
            if not isinstance(answer, bool):
                raise UnsolvedError(f"True or False is wanted, and this is {shown(answer)}.")
            in_time = newest is None or token >= newest
            if answer != in_time:
                does = "takes" if answer else "refuses"
                why = _why(token, newest)
                raise UnsolvedError(
                    f"Of {list(order)} your receiver {does} number {number + 1}, {token}, where "
                    f"the newest is {newest}: {why}."
                )
            newest = token if newest is None else max(newest, token)
    return f"Your receiver refuses former leaders, and nobody else, in {len(ORDERS)} orders."


def _why(token: int, newest: int | None) -> str:
    if newest is None:
        return "it is the first, and there is nothing to compare it with"
    if token == newest:
        return "the same leader greets again"
    return "a later leader's is higher" if token > newest else "it is a former leader's"
