"""This machine: its processes, ports, locks and folders, and waiting for them.

Its doors:

    PROJECT      the folder of this checkout
    glue         keep a value of a notebook for the pages, as myst-nb's function of that name does
    ports        free ports, and who listens on those that are taken
    wait_until   wait for a condition, with a deadline
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
