"""Records the run that docs/primer.md is drawn from: one worker, two more, and the leader dies.

.venv/bin/python docs/record_primer.py
"""

from __future__ import annotations

import itertools
from pathlib import Path

from electionlab.history import History
from electionlab.history import events as ev
from electionlab.lab import Lab
from electionlab.lab.recorded import machine
from electionlab.pictures.rebalance_steps import JOINING

RECORDED = Path(__file__).parent / "recorded" / "primer.jsonl"
COMMAND = "python docs/record_primer.py"


def main() -> None:
    with Lab(1, by="primer.py") as lab:
        lab.wait_leader(greetings=2)
        lab.scale(3)
        lab.wait_members(3)
        lab.wait_greetings(6)
        leader = lab.leader()
        lab.kill(leader)
        lab.wait_new_leader(leader, greetings=3)
        history = lab.finish()
    # Not how all were stopped; and the rest of the logs says nothing here, and names folders.
    until = itertools.takewhile(lambda event: not isinstance(event, ev.RunEnding), history)
    kept = (e for e in until if not isinstance(e, ev.Logged) or e.text.startswith(JOINING))
    about = {**history.about, "machine": machine(), "command": COMMAND}
    History(kept, about, history.zero).save(RECORDED)


if __name__ == "__main__":
    main()
