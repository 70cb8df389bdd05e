"""Which fault is blamed for what happened to a worker."""

from histories import broker_killed, broker_started, cut, frozen, healed, killed, run_of, thawed

from electionlab.checks.causes import cause, near

TWO = (frozen(5, "A"), thawed(6, "A"), cut(8, "A"), healed(9, "A"))


def test_the_last_of_two_faults_is_blamed():
    assert near(run_of(*TWO), "A", 10, within_s=10).what == "cut"
    assert cause(run_of(*TWO), "A", 10).what == "cut"


def test_of_faults_that_overlap_the_one_that_began_first_is_blamed():
    history = run_of(cut(4, "A"), frozen(6, "A"), thawed(8, "A"), healed(9, "A"))
    assert cause(history, "A", 10).what == "cut"


def test_a_fault_from_before_is_not_blamed():
    assert near(run_of(*TWO), "A", 10, within_s=10, since=9) is None
    overlapping = run_of(cut(4, "A"), frozen(6, "A"), thawed(8, "A"), healed(9, "A"))
    assert cause(overlapping, "A", 10, since=5).what == "freeze"


def test_a_fault_is_blamed_from_its_beginning_on():
    overlapping = run_of(cut(4, "A"), frozen(6, "A"), thawed(8, "A"), healed(9, "A"))
    assert cause(overlapping, "A", 10, since=4).what == "cut"


def test_a_fault_of_another_worker_begins_no_chain():
    history = run_of(cut(4, "B"), frozen(6, "A"), thawed(8, "A"), healed(9, "B"))
    assert cause(history, "A", 10).what == "freeze"


def test_the_workers_own_fault_is_blamed_before_a_brokers():
    outage = (broker_killed(9), broker_started(9.5))
    assert near(run_of(*TWO, *outage), "A", 10, within_s=5).what == "cut"
    assert near(run_of(*TWO, *outage), "B", 10, within_s=5).what == "outage"


def test_a_fault_of_another_worker_is_not_blamed():
    assert near(run_of(killed(9, "B")), "A", 10, within_s=5) is None
