"""A history in, a picture with its table out.

Its doors:

    Timeline       who led when, and what was done
    Replay         a run to play back, on a page or in a notebook
    Views          who leads by log, by HTTP and by the broker
    Rebalance      the sequence diagram of one rebalance
    Assignments    who was given which partitions, generation by generation
    TopicLog       the messages in a topic, partition by partition
    Distribution   measured values in groups
    notices        how soon each worker heard of a rebalance
    tables         a history, or its group, in rows
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
