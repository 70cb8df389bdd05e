from . import claims as claims
from .footprint import Footprint as Footprint
from .footprint import compare as compare
from .source_lines import quoted as quoted
