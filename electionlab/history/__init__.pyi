from . import events as events
from . import leader_views as leader_views
from .history import History as History
