"""Rounds of one fault, one after another."""

from electionlab.lab.repeated import RepeatedFault


class Place:
    def __init__(self):
        self.done = []

    def recover(self):
        self.done.append("recover")


class Breaks(RepeatedFault):
    def once(self, place, fault):
        place.done.append(fault)


def test_between_two_rounds_the_place_is_made_ready_and_not_after_the_last():
    place, experiment = Place(), Breaks("a_name", "kill", 3)
    experiment(place)
    assert place.done == ["kill", "recover", "kill", "recover", "kill"]
    assert experiment.__name__ == "a_name"
    assert repr(experiment) == "a_name: 3 rounds"
