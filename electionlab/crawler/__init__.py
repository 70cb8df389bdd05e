"""Local news sites, and what a crawler makes of them under faults.

Its doors:

    world        the sites: what each publishes, and what is wrong with it
    sites        the sites as a process, and what they were asked for
    newsroom     the sites, and a lab whose workers crawl them
    observed     what was seen of a crawl
    verdicts     whether it found all, once, and was polite
    repeated     the pages that were fetched twice, each with the reason
    storms       crawls in whose midst leaders and crawlers are killed
    speed        how many pages a second workers fetch
    tables       storms as a table
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
