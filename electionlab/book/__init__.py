"""The build's machinery: turns, ledger, prefetch, doctor.

Its doors:

    claims      the ledger: what is expected of each experiment, and its verdict
    Footprint   what a way of starting Kafka costs; `compare` puts some side by side
    quoted      lines of Faust or aiokafka, from the source that is installed
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
