"""What the playbook claims, judged by what happened: each check takes a history, returns a verdict.

The claims of the playbook's page:

    only_the_leader_publishes      publishes_at_interval      at_most_one_leader
    new_leader_after_each_loss     no_greeting_is_lost        each_greeting_printed_once
    greetings_spread

Claims that go beyond it:

    always_a_leader                leader_moved_only_for_a_reason
    one_leader_in_each_generation  broker_knows_one_leader    views_agree
    one_effective_publisher        no_stale_publishes         printed_in_order

`moves` lists how leadership went from worker to worker, with the fault behind each move and the
seconds it took.

A belief that nobody promises:

    group_leader_leads
"""

from electionlab.checks.broker import (
    broker_knows_one_leader,
    group_leader_leads,
    one_leader_in_each_generation,
    views_agree,
)
from electionlab.checks.greetings import (
    each_greeting_printed_once,
    no_greeting_is_lost,
    printed_in_order,
)
from electionlab.checks.leaders import always_a_leader, at_most_one_leader
from electionlab.checks.losses import new_leader_after_each_loss
from electionlab.checks.moving import Move, leader_moved_only_for_a_reason, moves
from electionlab.checks.publishing import (
    TIMER_INTERVAL_S,
    no_stale_publishes,
    one_effective_publisher,
    only_the_leader_publishes,
    publishes_at_interval,
)
from electionlab.checks.spreading import greetings_spread
from electionlab.checks.verdict import Outcome, Verdict

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
)
"""All checks: the playbook's claims in its order, then those that go beyond it."""

__all__ = [
    "ALL",
    "TIMER_INTERVAL_S",
    "Move",
    "Outcome",
    "Verdict",
    "always_a_leader",
    "at_most_one_leader",
    "broker_knows_one_leader",
    "each_greeting_printed_once",
    "greetings_spread",
    "group_leader_leads",
    "leader_moved_only_for_a_reason",
    "moves",
    "new_leader_after_each_loss",
    "no_greeting_is_lost",
    "no_stale_publishes",
    "one_effective_publisher",
    "one_leader_in_each_generation",
    "only_the_leader_publishes",
    "printed_in_order",
    "publishes_at_interval",
    "views_agree",
]
