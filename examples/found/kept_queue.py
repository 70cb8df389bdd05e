"""emptied_queue.py, with one import more. In examples/:

faust -A found.kept_queue worker -l info --web-port 6066
"""

from found import stopped_flow  # noqa: F401 - it changes how a recovery ends
from found.emptied_queue import app  # noqa: F401
