"""Each term of a glossary can be linked to by its words."""

from docutils import nodes

from electionlab.book.glossary_links import anchors


def glossary(*terms):
    page = nodes.document(None, None)
    page += nodes.definition_list()
    page[0] += [nodes.term("", words, ids=[id_]) for id_, words in terms]
    return page


def test_a_term_is_linked_to_by_its_words_in_small_letters_with_hyphens():
    page = glossary(("term-session-timeout", "session timeout"), ("term-Kafka", "Kafka"))
    found = {name: (id_, words) for name, (_, id_, words) in anchors(page).items()}
    assert found == {
        "session-timeout": ("term-session-timeout", "session timeout"),
        "kafka": ("term-Kafka", "Kafka"),
    }


def test_what_is_no_term_of_a_glossary_is_not_linked_to():
    assert anchors(glossary(("definition", "a word"))) == {}
