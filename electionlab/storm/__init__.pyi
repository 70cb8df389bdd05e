from . import recordings as recordings
from .storm import Storm as Storm
