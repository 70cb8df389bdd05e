"""What is sent beside the cells has no request behind it, and cells keep theirs."""

from contextvars import ContextVar
from types import SimpleNamespace

from electionlab.host import cells
from electionlab.panel.comms import beside_cells


def test_in_a_kernel_no_request_is_behind_what_is_sent(monkeypatch):
    request = ContextVar("request")
    request.set({"header": {"msg_id": "a cell"}})
    kernel = SimpleNamespace(_shell_parent=request)
    monkeypatch.setattr(cells, "shell", lambda **_: SimpleNamespace(kernel=kernel))
    assert beside_cells().run(request.get) == {}
    assert request.get() == {"header": {"msg_id": "a cell"}}


def test_ipykernel_still_keeps_a_request_where_we_look():
    """Without it a button would wait for the cells; no error would say so."""
    from ipykernel.kernelbase import Kernel

    assert isinstance(Kernel()._shell_parent, ContextVar)


def test_elsewhere_it_is_a_context_like_any_other(monkeypatch):
    monkeypatch.setattr(cells, "shell", lambda **_: None)
    assert beside_cells().run(lambda: 3) == 3
