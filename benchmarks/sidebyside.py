"""Measures whether labs side by side bend each other's figures: failovers in a lab alone, beside
those in four labs at once.

`python benchmarks/sidebyside.py [--rounds N]`. Waiting is the same wherever it happens; what may
suffer is the work in between. So the steps that are work are compared, and how far a step that is
waiting lies outside the range that the settings predict.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence

from electionlab.failover import measure as sweep
from electionlab.failover.model import FAULTS, STEPS, Round
from electionlab.pictures.tables import Table


def measure(labs: int, rounds: int) -> list[Round]:
    """The failovers of so many labs, all at once."""
    names = [f"lab {number} of {labs}" for number in range(labs)]
    benches = [
        sweep.bench(sweep.BASE, sweep.Repeated(name, sweep.BASE, rounds, seed))
        for seed, name in enumerate(names)
    ]
    with sweep.Failovers(benches, at_once=labs) as running:
        return running.rounds(*names, within=3600)


def rows(told: Sequence[tuple[str, list[Round]]]) -> list[tuple[str, ...]]:
    found = []
    for fault in FAULTS:
        for step in STEPS:
            for where, rounds in told:
                own = [one for one in rounds if one.fault == fault and one.took]
                took = [one.took[step] for one in own]
                out = [abs(one.beyond()[step]) for one in own]
                median = f"{statistics.median(took):.3f} ({min(took):.3f} to {max(took):.3f})"
                found.append((fault, step, where, str(len(own)), median, f"{max(out):.3f}"))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=6, help="of each fault, in each lab")
    count = parser.parse_args().rounds
    told = [("alone", measure(1, 2 * count)), ("four at once", measure(4, count))]
    heads = ["fault", "step", "lab", "rounds", "took, s: median (range)", "furthest outside, s"]
    print(Table(heads, rows(told)))
    for where, rounds in told:
        print(f"{where}: woken {max(one.late_s for one in rounds):.2f} s late at most")


if __name__ == "__main__":
    main()
