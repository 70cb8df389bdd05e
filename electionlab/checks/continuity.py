"""Whether an election went on as it was: in the same generation, with the same leader."""

from __future__ import annotations

from electionlab.checks.broker_view import unread
from electionlab.checks.verdict import Evidence, Verdict, interval
from electionlab.history.history import History


def stays_in_one_generation(history: History) -> Verdict:
    """Whether the broker stored no other generation of the group than the first one seen.

    The same number stored once more, as for a static member that comes back, is not another
    generation; nor is what came after we began to stop all workers. Unknown if the broker's log was
    not read, or if it was read only in part, and that part shows no other one. Figure: `more`, how
    many generations followed the first.
    """
    claim = "The group stays in one generation."
    stored = [each for each in history.stored_generations if each.start <= history.over]
    numbers = {(history.kafka_at(each.start), each.number) for each in stored}
    evidence = tuple(
        Evidence(
            f"{interval(history, each.start, each.end)}: generation {each.number}, of "
            f"{', '.join(each.members) or 'nobody'}",
            time=each.start,
        )
        for each in stored
    )
    figures = {"more": len(numbers) - 1}
    if len(numbers) > 1:
        return Verdict(claim, "broken", f"{len(numbers) - 1} more followed.", evidence, figures)
    if why := unread(history):
        return Verdict(claim, "unknown", why)
    return Verdict(claim, "held", f"It was generation {stored[0].number}.", evidence, figures)


def stays_with_one_leader(history: History) -> Verdict:
    """Whether only one worker led, each in its own eyes, however often it was given leadership.

    The same name in a new life counts as the same worker. What came after we began to stop all
    workers does not count. Figures: `leaders`, how many workers led; `leaderships`.
    """
    claim = "Leadership stays with one worker."
    spans = [span for span in history.leaderships if span.start <= history.over]
    if not spans:
        return Verdict(claim, "unknown", "Nobody ever led.")
    leaders = list(dict.fromkeys(span.worker for span in spans))
    evidence = tuple(
        Evidence.at(
            history,
            span.start,
            f"{interval(history, span.start, span.end)}: {span.worker}, generation "
            f"{span.generation}",
            worker=span.worker,
        )
        for span in spans
    )
    figures = {"leaders": len(leaders), "leaderships": len(spans)}
    if len(leaders) > 1:
        finding = f"{', then '.join(leaders)}."
        return Verdict(claim, "broken", finding, evidence, figures)
    return Verdict(claim, "held", f"It was {leaders[0]}.", evidence, figures)
