from . import ports as ports
from .folders import PROJECT as PROJECT
from .notes import glue as glue
from .waiting import wait_until as wait_until
