"""How long a failover takes: predicted, measured, drawn.

Its doors:

    model        its steps, and how long each may take
    measure      rounds of failovers in labs
    recordings   rounds that were measured before
    charts       rounds as pictures and tables
    verdicts     what was measured against the model
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
