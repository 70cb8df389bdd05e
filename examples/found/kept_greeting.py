"""lost_greeting.py, with one import more. In examples/:

faust -A found.kept_greeting worker -l info --web-port 6066
"""

from found import from_the_beginning  # noqa: F401 - it changes what a rebalance does
from found.lost_greeting import app  # noqa: F401
