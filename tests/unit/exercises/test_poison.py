"""The exercise about a page that is poison for its parser: it takes a process, and no Kafka."""

import pytest
from exercise_cells import find, told, with_answer

FOUND = find()["poison"]


def test_as_it_stands_it_says_what_to_do_and_starts_nothing():
    assert not told(FOUND.cell).solved
    assert "does nothing yet" in told(FOUND.cell).words


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("def read_safely(read, page):\n    return read(page)", "made by `async def`"),
        ("async def read_safely(read, page):\n    return len(page.body)", "your function makes 6"),
        ("async def read_safely(read, page):\n    raise ValueError(page.url)", "failed at an ord"),
        (
            "async def read_safely(read, page):\n"
            "    import asyncio\n"
            "    return await asyncio.wait_for(asyncio.to_thread(read, page), 1)",
            "a thread still works on the page",
        ),
        (
            "async def read_safely(read, page):\n"
            "    return read(page) if len(page.body) < 9999 else []",
            "raised no error",
        ),
    ],
)
def test_a_wrong_answer_is_told_what_is_wrong_with_it(answer, words):
    feedback = told(with_answer(FOUND, answer))
    assert not feedback.solved
    assert words in feedback.words


def test_the_solution_of_the_notebook_is_one():
    feedback = told(FOUND.solution)
    assert feedback.solved, feedback
