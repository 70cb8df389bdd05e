from . import tables as tables
from .rebalance_diagram import Rebalance as Rebalance
from .rebalance_steps import notices as notices
from .replay import Replay as Replay
from .strip_plot import Distribution as Distribution
from .timeline import Timeline as Timeline
from .views_diagram import Views as Views
