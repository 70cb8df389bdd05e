"""Storage folders: a formatted one, and its copies."""

import base64

from electionlab.kafka.storage import copy_storage, new_id


def test_an_id_is_sixteen_bytes_in_base64_without_padding():
    text = new_id()
    assert len(text) == 22
    assert len(base64.urlsafe_b64decode(text + "==")) == 16
    assert len({new_id() for _ in range(100)}) == 100


# StorageTool takes `-t -abc…` for two options and refuses.
def test_no_id_begins_with_a_dash():
    assert not [text for text in (new_id() for _ in range(2000)) if text.startswith("-")]


def test_a_copy_of_a_formatted_folder_has_ids_of_its_own(tmp_path):
    formatted = tmp_path / "formatted"
    formatted.mkdir()
    text = "#\nversion=1\ncluster.id=old-one\ndirectory.id=old-two\nnode.id=1\n"
    (formatted / "meta.properties").write_text(text, encoding="utf-8")
    (formatted / "bootstrap.checkpoint").write_bytes(b"\0\1")
    copies = []
    for name in ("first", "second"):
        copy_storage(formatted, tmp_path / name)
        copies.append(
            (tmp_path / name / "meta.properties").read_text(encoding="utf-8").splitlines()
        )
        assert (tmp_path / name / "bootstrap.checkpoint").read_bytes() == b"\0\1"
    first, second = copies
    assert first[:2] == second[:2] == ["#", "version=1"]
    assert first[4] == second[4] == "node.id=1"
    ids = [line.partition("=") for line in (*first[2:4], *second[2:4])]
    assert [name for name, _, _ in ids] == ["cluster.id", "directory.id"] * 2
    assert len({value for _, _, value in ids}) == 4
    assert (formatted / "meta.properties").read_text(encoding="utf-8") == text


def test_nodes_of_one_cluster_share_its_id(tmp_path):
    formatted = tmp_path / "formatted"
    formatted.mkdir()
    (formatted / "meta.properties").write_text("cluster.id=a\nnode.id=1\n", encoding="utf-8")
    copy_storage(formatted, tmp_path / "data", cluster_id="shared", node=3)
    text = (tmp_path / "data" / "meta.properties").read_text(encoding="utf-8")
    assert text == "cluster.id=shared\nnode.id=3\n"
