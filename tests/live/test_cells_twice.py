"""Each notebook and executed page: all cells run once, then again from the top, each twice."""

import psutil
import pytest
from gone import PORTS, assert_gone
from kernels import code_cells, kernel

from electionlab.book.page_turns import look
from electionlab.host.folders import PROJECT

pytestmark = [pytest.mark.live, pytest.mark.timeout(3600)]
PAGES = {
    path.stem: path
    for path in [
        PROJECT / "notebooks/01-walkthrough.ipynb",
        PROJECT / "notebooks/02-inside-an-election.ipynb",
        PROJECT / "docs/primer.md",
        PROJECT / "docs/playbook.md",
        PROJECT / "docs/storms.md",
        PROJECT / "docs/beyond-one-machine.md",
        PROJECT / "docs/two-ways.md",
    ]
}


def run_all(running, path, *, times=1):
    for cell, code in code_cells(path):
        for time in range(times):
            try:
                running.run(code, cell)
            except AssertionError as error:
                raise AssertionError(
                    f"{path.name}, cell {cell}, run {time + 1}:\n{error}"
                ) from None


def named(name):
    """A page by its name; one with ports of its own runs beside the others."""
    own = look(name, PAGES[name]).own_ports
    return pytest.param(name, marks=[pytest.mark.own_ports] if own else [])


@pytest.mark.parametrize("name", [named(name) for name in PAGES])
def test_all_cells_can_be_run_and_then_each_of_them_twice_in_a_row(name):
    with kernel(PAGES[name].parent) as running:
        run_all(running, PAGES[name])
        run_all(running, PAGES[name], times=2)
        left = psutil.Process(running.manager.provisioner.pid).children(recursive=True)
    assert_gone(left, [] if look(name, PAGES[name]).own_ports else PORTS)
