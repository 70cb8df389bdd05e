"""What answers a guess is folded, up to the end of its section."""

from docutils import nodes

from electionlab.book.folded import fold


def cell(words, *tags):
    made = nodes.container(classes=["cell", *(f"tag_{tag}" for tag in tags)])
    made += nodes.container("", nodes.literal_block(words, words), classes=["cell_input"])
    made += nodes.container("", nodes.paragraph(words, f"{words} shows"), classes=["cell_output"])
    return made


def page(*parts):
    document = nodes.document(None, None)
    document += nodes.section("", *parts, ids=["a"])
    fold(None, document)
    return document


def marks(document):
    """The words of a page in order, with [ and ] where it is folded."""
    words = []
    for node in document.findall(lambda node: isinstance(node, (nodes.Text, nodes.raw))):
        if not isinstance(node, nodes.raw):
            if not isinstance(node.parent, nodes.raw):
                words.append(str(node))
        else:
            words.append("[" if node.astext().startswith("<details") else "]")
    return words


def test_the_output_of_a_cell_is_folded_with_all_that_follows_in_its_section():
    document = page(
        nodes.paragraph("", "Guess."),
        cell("kill", "folded"),
        nodes.paragraph("", "So it was."),
        cell("check"),
        nodes.section("", nodes.paragraph("", "Below."), ids=["b"]),
    )
    shown = ["Guess.", "kill", "[", "kill shows", "So it was.", "check", "check shows", "]"]
    assert marks(document) == [*shown, "Below."]


def test_a_section_is_folded_once_and_to_its_end():
    document = page(cell("one", "folded"), cell("two", "folded"))
    assert marks(document) == ["one", "[", "one shows", "two", "two shows", "]"]


def test_sections_are_folded_each_by_itself():
    inner = nodes.section("", cell("two", "folded"), nodes.paragraph("", "End."), ids=["b"])
    document = page(cell("one", "folded"), inner)
    assert marks(document) == ["one", "[", "one shows", "]", "two", "[", "two shows", "End.", "]"]


def test_without_the_tag_nothing_is_folded():
    assert marks(page(cell("one", "remove-stderr"))) == ["one", "one shows"]
