"""Other elections than Faust's, under the same faults: by ZooKeeper, etcd, PostgreSQL and Redis.

Its doors:

    model        a round: one fault, and what came of it
    measure      rounds with real servers, in the build and recorded
    recordings   rounds that were measured before
    tables       rounds as tables
    charts       rounds as pictures
    verdicts     what holds for an election over many rounds
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
