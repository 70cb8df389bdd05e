"""Exercises for learners: each takes an answer and says what it saw.

On a history, recorded or of this run:

    printed_by_the_killed     two_leaders       same_leader       next_leader
    which_fault               lost_greetings    fast_and_patient

On topics that are made up:

    refuses_what_is_late    compares_tokens      survives_poison

On a real cluster, in a lab that ends with the check:

    stays_on_duty             second_role       leader_stays
    after_kill                after_interrupt

An answer of any kind is taken, nothing at all and functions that raise among them. `Feedback` is
what a check returns.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
