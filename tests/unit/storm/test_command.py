"""What the command says of a storm, and what it refuses."""

import pytest
from histories import (
    printed,
)
from storms import storm

from electionlab.storm import command, judge


def test_a_finding_is_told_with_its_round_saved_and_drawn(tmp_path, capsys):
    history = storm(printed(12.3, "B", "0.2"))
    judgement = judge.judge(history)
    saved = history.save(tmp_path / "storm.jsonl")
    command.print_judgement(judgement, 20)
    command.print_findings(history, judgement.findings, saved)
    told = capsys.readouterr().out
    assert "FAILED: 1 finding." in told
    assert "8 published, 8 stored, 0 lost, 1 printed repeatedly, 0 stale." in told
    assert "round 0, 6.100 s, each_greeting_printed_once:" in told
    assert (tmp_path / "storm.jsonl.svg").read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"rounds": 0}, "A storm has one round or more, not 0."),
        ({"workers": 2}, "A storm has 3 to 5 workers, not 2."),
        ({"program": "calm"}, "There is no program examples/calm.py."),
    ],
)
def test_bad_input_starts_nothing(options, sentence, capsys):
    with pytest.raises(command.LabError, match=sentence):
        command.run(**{"rounds": 1, "seed": 1, **options})
    assert not capsys.readouterr().out
