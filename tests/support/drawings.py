"""What pictures have in common: what is drawn in them, and that nothing is drawn outside."""


def drawn(root, name, kind):
    """The elements of a name and class in the picture itself; the legend's marks stand in
    groups."""
    return [found for found in root.findall(name) if found.get("class") == kind]


def number(found, name):
    return float(found.get(name, 0))


def assert_within(root):
    """Nothing is drawn outside of the picture."""
    _, _, width, height = map(float, root.get("viewBox").split())
    for found in (*root.findall("rect"), *root.findall("text")):
        x, y = number(found, "x"), number(found, "y")
        assert 0 <= x <= x + number(found, "width") <= width
        assert 0 <= y <= y + number(found, "height") <= height
    for found in root.findall("line"):
        assert all(0 <= number(found, name) <= width for name in ("x1", "x2"))
        assert all(0 <= number(found, name) <= height for name in ("y1", "y2"))
    for found in root.findall("circle"):
        assert 0 <= number(found, "cx") <= width
        assert 0 <= number(found, "cy") <= height
