"""A running election, and what is done to it.

Its doors:

    Workers        the playbook's workers, what is done to them, and the history of it
    Worker         one of them
    Lab            a Kafka and workers of its own, to break in every way; `start_lab` for a cell
    run            runs an experiment, a function of a lab, and returns its history
    InsideWorker   a worker inside this interpreter
    Logs           the logs of a run or of experiments, to read and to download
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
