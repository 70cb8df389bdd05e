"""What happened in a run, in one order. Nothing here starts a process or opens a connection.

Its doors:

    History        what happened, saved and loaded
    events         the kinds of events that it has
    leader_views   who leads by log, by HTTP and by the broker
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
