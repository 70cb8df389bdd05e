"""A live panel for a running election: how its workers are, and buttons to change that.

Its doors:

    Panel      cards, timeline and log of a run, for a notebook; on a built page its replay
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
