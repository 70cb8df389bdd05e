from . import charts as charts
from . import measure as measure
from . import model as model
from . import recordings as recordings
from . import tables as tables
from . import verdicts as verdicts
