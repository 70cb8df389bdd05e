"""What a notebook glues is what myst-nb reads, and costs no import of nbformat."""

import json
import subprocess
import sys

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from electionlab.host import notes


@pytest.fixture
def outputs():
    """Runs a function in a notebook's shell, and returns the outputs that its cell would have."""
    InteractiveShell.instance()
    yield _captured
    InteractiveShell.clear_instance()


def _captured(function):
    with capture_output() as captured:
        function()
    return [
        {"output_type": "display_data", "data": each.data, "metadata": each.metadata}
        for each in captured.outputs
    ]


def glued(outputs):
    from myst_nb.ext.glue import extract_glue_data_cell
    from nbformat import from_dict

    cell = from_dict({"cell_type": "code", "outputs": outputs})
    return {name: dict(output["data"]) for name, output in extract_glue_data_cell(cell)}


def test_a_glued_value_is_kept_as_myst_nb_keeps_it(outputs):
    from myst_nb import glue

    class Shown:
        def _repr_html_(self):
            return "<b>shown</b>"

    value = Shown()
    ours = outputs(lambda: notes.glue("name", value))
    theirs = outputs(lambda: glue("name", value, display=False))
    assert ours == theirs
    assert glued(ours)["name"]["text/html"] == "<b>shown</b>"


def test_what_is_left_is_read_as_json_and_is_shown_nowhere(outputs):
    (output,) = left = outputs(lambda: notes.leave("ledger", {"outcomes": ["held"]}))
    assert all(kind.startswith(notes.GLUED) for kind in output["data"])
    assert json.loads(glued(left)["ledger"]["text/plain"]) == {"outcomes": ["held"]}


def test_outside_a_notebook_nothing_is_left(capsys):
    notes.leave("ledger", {"outcomes": ["held"]})
    assert capsys.readouterr().out == ""


def test_gluing_imports_nothing_that_validates_notebooks():
    """That compiled a grammar of addresses, a second of each page that is built."""
    code = """
    import sys
    from IPython.core.interactiveshell import InteractiveShell
    from electionlab.host import glue
    InteractiveShell.instance()
    glue("name", 1)
    print([name for name in ("myst_nb", "nbformat", "jsonschema", "lark") if name in sys.modules])
    """
    lines = "\n".join(line.strip() for line in code.splitlines())
    ran = subprocess.run(
        [sys.executable, "-c", lines], check=True, capture_output=True, encoding="utf-8"
    )
    assert ran.stdout.splitlines()[-1] == "[]"
