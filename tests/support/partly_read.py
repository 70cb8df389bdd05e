"""Runs whose broker's log was read in part, and what checks say of that."""

from histories import assigned, ended, group_stored, joined, published, run_of, started, stored

from electionlab.history import events as ev
from electionlab.history.history import History

NOT_READ = "The broker's log of the group was not read."
IN_PART = (
    "The broker's log of the group was read up to generation 1 only, and A was given partitions in "
    "generation 2."
)


def read_in_part():
    return run_of(
        *(joined(1, "A", 1), group_stored(1, 1, "A", leader="A")),
        *(joined(5, "A", 2), assigned(5, "A", True)),
    )


def read_too_early(before_the_end_s):
    """Two workers join generation 2, which the broker's log does not have."""
    run = [started(0, "A"), started(0, "B"), joined(1, "A", 1), assigned(1, "A", True)]
    run += [group_stored(1, 1, "A", leader="A"), published(2, "A"), stored(2.001, "0.1")]
    run += [ev.WitnessFailed(time=3, worker="kafka", asked="journal", why="gone")]
    run += [joined(9, "A", 2), assigned(9, "A", True), joined(9, "B", 2), assigned(9, "B", False)]
    return History([*run, published(10, "A"), ended(9 + before_the_end_s)])
