"""anywhere.py with two faults that only the program itself can have.

    SIGALRM           blocks the event loop for BLOCK_S seconds (8 by default), as a long
                      computation without an `await` would; the other threads go on
    TIMER_INTERVAL_S  seconds between two runs of the leader's timer, instead of 2

In the folder of this file, with the environment that anywhere.py needs:

    faust -A faulty worker -l info --web-port 6066
"""

import os
import signal
import time

import faust

INTERVAL_S = os.environ.get("TIMER_INTERVAL_S")


class App(faust.App):
    def timer(self, interval, **options):
        return super().timer(float(INTERVAL_S or interval), **options)


faust.App = App

from anywhere import app  # noqa: E402, F401 - it has to find the class above


def block(*_):
    time.sleep(float(os.environ.get("BLOCK_S", "8")))


signal.signal(signal.SIGALRM, block)
