"""A history in, a verdict with its evidence out. Each check judges one claim, and takes a history
or a run that has one.

The claims of the playbook's page:

    only_the_leader_publishes      publishes_at_interval      at_most_one_leader
    new_leader_after_each_loss     no_greeting_is_lost        each_greeting_printed_once
    greetings_spread

Claims that go beyond it:

    always_a_leader                leader_moved_only_for_a_reason
    one_leader_in_each_generation  broker_knows_one_leader    views_agree
    one_effective_publisher        no_stale_publishes         printed_in_order
    each_worker_has_partitions

`moves` lists how leadership went from worker to worker, with the fault behind each move and the
seconds it took.

What nobody promises:

    group_leader_leads             stays_in_one_generation    stays_with_one_leader
    each_leader_runs_its_task

Where greetings name the generation in which they were made (`electionlab.fencing`):

    no_stale_greeting_is_read

`says` is the sentence that a page has for a verdict's outcome. `LogRecords` shows what was logged,
as evidence is shown.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from electionlab.checks import (
    broker_view,
    continuity,
    delivery,
    distribution,
    fencing,
    leader_moves,
    leaders,
    losses,
    publishing,
    staleness,
    tasks,
)
from electionlab.checks.leader_moves import Move
from electionlab.checks.log_records import LogRecords
from electionlab.checks.publishing import TIMER_INTERVAL_S
from electionlab.checks.says import Sentence, says
from electionlab.checks.statistics import goodness_of_fit, repeats
from electionlab.checks.verdict import Outcome, Verdict
from electionlab.history.history import HasHistory, History, as_history

P = ParamSpec("P")
R = TypeVar("R")


def _of_a_run(
    check: Callable[Concatenate[History, P], R],
) -> Callable[Concatenate[History | HasHistory, P], R]:
    """The check, extended to take a run as well, whose history so far it judges."""

    @functools.wraps(check)
    def judge(history: History | HasHistory, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return check(as_history(history), *args, **kwargs)

    return judge


broker_knows_one_leader = _of_a_run(broker_view.broker_knows_one_leader)
group_leader_leads = _of_a_run(broker_view.group_leader_leads)
one_leader_in_each_generation = _of_a_run(broker_view.one_leader_in_each_generation)
views_agree = _of_a_run(broker_view.views_agree)
stays_in_one_generation = _of_a_run(continuity.stays_in_one_generation)
stays_with_one_leader = _of_a_run(continuity.stays_with_one_leader)
each_greeting_printed_once = _of_a_run(delivery.each_greeting_printed_once)
no_greeting_is_lost = _of_a_run(delivery.no_greeting_is_lost)
printed_in_order = _of_a_run(delivery.printed_in_order)
always_a_leader = _of_a_run(leaders.always_a_leader)
at_most_one_leader = _of_a_run(leaders.at_most_one_leader)
new_leader_after_each_loss = _of_a_run(losses.new_leader_after_each_loss)
leader_moved_only_for_a_reason = _of_a_run(leader_moves.leader_moved_only_for_a_reason)
moves = _of_a_run(leader_moves.moves)
no_stale_publishes = _of_a_run(staleness.no_stale_publishes)
one_effective_publisher = _of_a_run(staleness.one_effective_publisher)
no_stale_greeting_is_read = _of_a_run(fencing.no_stale_greeting_is_read)
only_the_leader_publishes = _of_a_run(publishing.only_the_leader_publishes)
publishes_at_interval = _of_a_run(publishing.publishes_at_interval)
each_leader_runs_its_task = _of_a_run(tasks.each_leader_runs_its_task)
greetings_spread = _of_a_run(distribution.greetings_spread)
each_worker_has_partitions = _of_a_run(distribution.each_worker_has_partitions)

ALL = (
    only_the_leader_publishes,
    publishes_at_interval,
    at_most_one_leader,
    new_leader_after_each_loss,
    no_greeting_is_lost,
    each_greeting_printed_once,
    greetings_spread,
    always_a_leader,
    leader_moved_only_for_a_reason,
    one_leader_in_each_generation,
    broker_knows_one_leader,
    views_agree,
    one_effective_publisher,
    no_stale_publishes,
    printed_in_order,
    each_worker_has_partitions,
)
"""All checks: the playbook's claims in its order, then those that go beyond it."""

__all__ = [
    "ALL",
    "TIMER_INTERVAL_S",
    "LogRecords",
    "Move",
    "Outcome",
    "Sentence",
    "Verdict",
    "always_a_leader",
    "at_most_one_leader",
    "broker_knows_one_leader",
    "each_greeting_printed_once",
    "each_leader_runs_its_task",
    "each_worker_has_partitions",
    "goodness_of_fit",
    "greetings_spread",
    "group_leader_leads",
    "leader_moved_only_for_a_reason",
    "moves",
    "new_leader_after_each_loss",
    "no_greeting_is_lost",
    "no_stale_greeting_is_read",
    "no_stale_publishes",
    "one_effective_publisher",
    "one_leader_in_each_generation",
    "only_the_leader_publishes",
    "printed_in_order",
    "publishes_at_interval",
    "repeats",
    "says",
    "stays_in_one_generation",
    "stays_with_one_leader",
    "views_agree",
]
