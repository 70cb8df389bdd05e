"""Where the kernel takes what is pressed: beside the cells, so that no button waits for a cell."""

from __future__ import annotations

from contextvars import Context, ContextVar, copy_context

from electionlab.host import cells


def beside_cells() -> Context:
    """A context in which to send a widget's messages, new at each call.

    JupyterLab has a *subshell* for widgets, a second line to the kernel. But ipykernel 7.4 answers
    a widget on the line of the request behind the last message that the widget has sent. If that
    request was a cell, whatever is pressed waits until all cells that were sent have run. In this
    context no request is behind a message, and the line is the one that the browser has chosen.
    """
    context = copy_context()
    kernel = getattr(cells.shell(any_thread=True), "kernel", None)
    request = getattr(kernel, "_shell_parent", None)  # ipykernel has no public way to it
    if isinstance(request, ContextVar):
        context.run(request.set, {})
    return context
