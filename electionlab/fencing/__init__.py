"""What a former leader's greetings come to, with a remedy and without one.

Its doors:

    model        a round: one fault, and what was stale after it
    measure      rounds in labs, in the build and recorded
    recordings   rounds that were measured before
    tables       rounds as tables
    verdicts     whether a remedy keeps what is stale from its readers
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
