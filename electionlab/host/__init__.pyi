from . import ports as ports
from .folders import PROJECT as PROJECT
from .waiting import wait_until as wait_until
