"""Another Kafka answers than the one that the workers joined."""

from types import SimpleNamespace

from electionlab.history import events as ev
from electionlab.lab.replacement import Replacement


def replacement_of(*clusters):
    """Kafka answers with these clusters in turn, and then always with the last."""
    answers = list(clusters)
    notes = []

    def cluster(within):
        return answers.pop(0) if len(answers) > 1 else answers[0]

    kafka = SimpleNamespace(witness=SimpleNamespace(cluster=cluster), processes=[], alive=True)
    return Replacement(kafka, notes.append), notes


def test_a_kafka_that_was_replaced_is_noted_once():
    replacement, notes = replacement_of("a", "a", None, "b")
    replacement.remember()
    for _ in range(4):
        replacement.look()
    assert replacement.happened
    (noted,) = notes
    assert isinstance(noted, ev.BrokerStarted)
    assert (noted.fresh, noted.by) == (True, "somebody")


def test_what_the_first_worker_joined_counts():
    replacement, notes = replacement_of("a", "b")
    replacement.remember()
    replacement.remember()
    replacement.look()
    assert len(notes) == 1


def test_where_no_worker_has_joined_nobody_is_asked():
    replacement, notes = replacement_of("a", "b")
    replacement.look()
    replacement.look_if_restarted()
    assert not replacement.happened
    assert notes == []
