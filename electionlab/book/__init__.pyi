from . import claims as claims
from .footprint import Footprint as Footprint
from .footprint import compare as compare
