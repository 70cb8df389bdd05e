"""No sentence about a build stands on a page without a guard; the script finds those that do."""

import importlib.util
import json
import re
import sys
import tomllib

import pytest

from electionlab.host.folders import PROJECT


def load_script():
    spec = importlib.util.spec_from_file_location("sentences", PROJECT / "docs" / "sentences.py")
    script = importlib.util.module_from_spec(spec)
    sys.modules["sentences"] = script  # where dataclasses look for it
    spec.loader.exec_module(script)
    return script


sentences = load_script()
HOLDS = tomllib.loads(sentences.HOLDS.read_text(encoding="utf-8"))["holds"]


def test_each_sentence_about_a_build_has_a_guard_or_holds_by_construction():
    assert sentences.complaints(sentences.look(PROJECT, sentences.pages()), HOLDS) == []


# The script, on pages made up for it


def bare(tmp_path, text, name="page.md"):
    """The sentences without a guard on a page with this text."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    found = sentences.look(tmp_path, [tmp_path / name])
    return [each.words for each in found if not each.guards]


def cell(source):
    return f"\n\n```{{code-cell}} ipython3\n{source}\n```\n\n"


@pytest.mark.parametrize(
    "words",
    [
        "The leader was replaced.",
        "Two workers led for a moment.",
        "Nobody takes over.",
        "It does not. There is one.",
        "In this build it is otherwise.",
        "The picture shades them.",
        "A failover takes 3.5 s.",
        "Nobody published:",
    ],
)
def test_a_sentence_about_a_build_is_found(tmp_path, words):
    assert bare(tmp_path, f"# A page\n\n{words}") == [re.split(r"(?<=\.) ", words)[0]]


@pytest.mark.parametrize(
    "words",
    [
        "A worker that leads publishes.",
        "What was the reason?",
        "Look at the picture.",
        "**Guess first.** Who leads?\n\n- <label><input type='checkbox' /> the old one led</label>",
        "If two led, the picture shades them.",
        "Here is the table:",
        "`was` is a word of code.",
    ],
)
def test_a_sentence_that_claims_nothing_of_a_build_is_not(tmp_path, words):
    assert bare(tmp_path, f"# A page\n\n{words}") == []


def test_what_stands_first_behind_a_cell_is_about_a_build(tmp_path):
    text = "# A page\n\nIt is general." + cell("history") + "The first is longest. It is general."
    assert bare(tmp_path, text) == ["The first is longest."]


@pytest.mark.parametrize(
    "guard",
    [
        'checks.views_agree(history).expect("held")',
        'checks.says(verdict, held="One led.")',
        'claims.judge("a-claim", found, figure)',
        "assert history.leader",
    ],
)
def test_a_guard_in_the_same_section_is_enough_and_one_in_another_is_not(tmp_path, guard):
    section = "## A section\n\nNobody led."
    assert bare(tmp_path, f"# A page\n\n{section}{cell(guard)}") == []
    assert bare(tmp_path, f"# A page{cell(guard)}{section}") == ["Nobody led."]


def test_a_figure_that_is_glued_into_the_text_is_a_guard(tmp_path):
    assert bare(tmp_path, "# A page\n\nNobody led for {glue:text}`gap-s`.") == []


def test_a_cell_that_mentions_a_guard_in_words_has_none(tmp_path):
    assert bare(tmp_path, "# A page" + cell("print('no assert')") + "Nobody led.") == [
        "Nobody led."
    ]


def test_lists_boxes_links_and_terms_are_read_and_tables_and_code_are_not(tmp_path):
    text = """# A page

- The [leader](page.md) *went*.

:::{note}
:class: tip
Its {term}`sessions <session timeout>` were over.
:::

| head |
|---|
| it was |

```python
was = 1
```
"""
    assert bare(tmp_path, text) == ["The leader went.", "Its sessions were over."]


def test_a_notebook_is_read_cell_by_cell(tmp_path):
    def of(kind, source):
        return {"cell_type": kind, "source": source.splitlines(keepends=True)}

    cells = [of("markdown", "# A page"), of("code", "history"), of("markdown", "All is well.")]
    cells += [of("markdown", "## A section\n\nNobody led."), of("code", "assert not history")]
    text = json.dumps({"cells": cells})
    assert bare(tmp_path, text, "page.ipynb") == ["All is well."]


def test_what_holds_by_construction_needs_a_reason_and_a_sentence(tmp_path):
    (tmp_path / "page.md").write_text("# A page\n\nNobody led.", encoding="utf-8")
    found = sentences.look(tmp_path, [tmp_path / "page.md"])
    entry = {"page": "page.md", "sentence": "Nobody led.", "reason": "No worker was started."}
    other = {"page": "page.md", "sentence": "All led.", "reason": "So it is."}
    assert len(sentences.complaints(found, [])) == 1
    assert sentences.complaints(found, [entry]) == []
    assert sentences.complaints(found, [entry, other]) == [
        "page.md: sentences.toml does not need this: All led."
    ]
    with pytest.raises(ValueError, match="no reason why this holds: Nobody led"):
        sentences.complaints(found, [{**entry, "reason": " "}])
