from .experiments import run as run
from .in_kernel import InsideWorker as InsideWorker
from .lab import Lab as Lab
from .log_downloads import Logs as Logs
from .notebook_lab import start_lab as start_lab
from .worker import Worker as Worker
from .workers import Workers as Workers
