from .panel import Panel as Panel
