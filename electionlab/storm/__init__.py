"""Seeded faults in rounds, and the judgement of what happened.

Its doors:

    Storm        one storm on a lab of its own
    recordings   storms of the past, with their verdicts
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
