"""What is waited for comes true at the right event of a history, and not before."""

import pytest
from histories import (
    assigned,
    broker_started,
    cut,
    ended,
    frozen,
    group_stored,
    joined,
    printed,
    published,
    sound_run,
    started,
    thawed,
)

from electionlab.history import events as ev
from electionlab.history.history import History
from electionlab.host.folders import PROJECT
from electionlab.lab import conditions


def first_true(condition, events):
    """The time of the event at which the condition came true, as it is asked after each event."""
    ordered = sorted(events, key=lambda event: event.time)
    for count, event in enumerate(ordered, 1):
        if condition(History(ordered[:count])):
            return event.time
    return None


@pytest.mark.parametrize(("count", "time"), [(1, 2), (4, 8), (5, None)])
def test_the_publishes_of_one_leadership_are_counted(count, time):
    # Neither leader of the sound run publishes more than four times.
    assert first_true(conditions.leads_and_published(count), sound_run()) == time


@pytest.mark.parametrize(("old", "count", "time"), [("A", 1, 13), ("A", 2, 15), ("B", 1, 2)])
def test_another_leader_has_to_publish(old, count, time):
    assert first_true(conditions.led_by_another(old, count), sound_run()) == time


def test_while_nobody_leads_no_other_leads_either():
    events = [started(0, "A"), joined(1, "A", 1), assigned(1, "A", False), published(2, "A")]
    assert first_true(conditions.led_by_another("B", 1), events) is None


def test_a_worker_is_back_with_new_partitions_and_a_publish_after_them():
    asleep = [frozen(3, "A"), assigned(4, "B", True), published(5, "B")]
    awake = [thawed(6, "A"), published(7, "B"), assigned(8, "A", False), published(9, "B")]
    assert first_true(conditions.is_back("A"), [assigned(1, "A", True), *asleep, *awake]) == 9
    assert first_true(conditions.is_back("A"), [*asleep, *awake[:-1]]) is None


def test_each_member_of_the_newest_generation_needs_its_partitions():
    group = [joined(1, "A", 4), joined(1, "B", 4), group_stored(2, 4, "AB", "A")]
    assert first_true(conditions.has_members(2), [*group, assigned(3, "A", True)]) is None
    given = [*group, assigned(3, "A", True), assigned(4, "B", False)]
    assert first_true(conditions.has_members(2), given) == 4
    assert first_true(conditions.has_members(1), given) is None
    # A newer generation that B has not joined yet.
    later = History([*given, joined(5, "A", 5), group_stored(5, 5, "AB", "A")])
    assert not conditions.has_members(2)(later)


def test_nobody_leads_once_the_last_leader_has_lost_its_partition_for_so_long():
    events = [started(0, "A"), assigned(1, "A", True), cut(2, "A"), assigned(4, "A", False)]
    events += [ended(6), ended(7), ended(8)]
    assert first_true(conditions.nobody_leads(3), events) == 7


def test_what_is_new_is_counted_from_a_moment_on():
    # Published before that moment and read after it, a greeting is not new.
    new = conditions.has_since(ev.Published, 2, since=2.5)
    assert first_true(new, [published(time, "B") for time in range(1, 9)]) == 4


def test_what_is_new_may_be_wanted_of_several_workers():
    events = [printed(1, "A", 1), printed(2, "B", 2), printed(3, "B", 3), printed(4, "A", 4)]
    new = conditions.has_since(ev.GreetingPrinted, 2, since=2, workers=2)
    assert first_true(new, events) == 4


def greeting(time, text, partition, offset):
    event = ev.GreetingStored
    return event(time=time, worker="kafka", greeting=text, partition=partition, offset=offset)


@pytest.mark.parametrize(
    ("time", "partition", "offset", "may_come"),
    [
        (5, 0, 3, False),  # made long ago, and a later one of its partition was printed
        (15, 0, 3, True),  # made just now
        (5, 0, 5, True),  # nothing later of its partition was printed
        (5, 1, 3, True),
    ],
)
def test_a_greeting_may_be_printed_until_later_ones_have_long_overtaken_it(
    time, partition, offset, may_come
):
    one, later = greeting(time, "one", partition, offset), greeting(6, "later", 0, 4)
    history = History([printed(7, "A", "later")])
    late = conditions.not_yet_printed(history, [one, later], long_ago=10)
    assert late == ([one] if may_come else [])
    history = History([printed(7, "A", "later"), printed(8, "A", "one")])
    assert conditions.not_yet_printed(history, [one, later], long_ago=10) == []


def test_a_greeting_that_its_reader_refused_is_not_waited_for():
    """In the words of examples/stamped_leader.py."""
    late, other = (
        greeting(20, "0.5 of generation 2", 0, 3),
        greeting(20, "0.6 of generation 2", 0, 4),
    )
    said = ev.Logged(
        time=21, worker="A", level="WARNING", text=f"REFUSED {late.greeting}, after generation 3"
    )
    assert conditions.not_yet_printed(History([said]), [late, other], long_ago=10) == [other]


def test_the_example_says_what_it_refuses_in_the_words_that_are_looked_for():
    source = (PROJECT / "examples/stamped_leader.py").read_text(encoding="utf-8")
    assert 'print(f"REFUSED {greeting.decode()}, after generation {newest}")' in source
    assert conditions.REFUSED.fullmatch("REFUSED 0.5 of generation 2, after generation 3")


def test_after_kafka_was_replaced_nobody_can_print_until_partitions_are_assigned_anew():
    before = [started(0, "A"), joined(1, "A", 1), assigned(2, "A", True), published(3, "A")]
    replaced = [broker_started(4, fresh=True), published(5, "A")]
    assert not conditions.nobody_can_print(History(before))
    assert conditions.nobody_can_print(History(before + replaced))
    assert not conditions.nobody_can_print(History([*before, *replaced, assigned(6, "A", True)]))
    assert not conditions.nobody_can_print(History([*before, broker_started(4)]))
