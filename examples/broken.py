"""anywhere.py with an election that is broken on purpose: two workers lead for good.

Its leader topic has two partitions, and whoever holds either of them leads. Two partitions alone
would not be enough: Faust's own `is_leader` asks for partition 0
(faust/assignor/leader_assignor.py). Whatever finds faults in an election has to find this one.

In the folder of this file, with the environment that anywhere.py needs:

    faust -A broken worker -l info --web-port 6066
"""

import faust
from faust.assignor.leader_assignor import LeaderAssignor
from mode.utils.objects import cached_property


class TwoLeaders(LeaderAssignor):
    @cached_property
    def _leader_topic(self):
        return self.app.topic(
            self._leader_topic_name,
            partitions=2,
            acks=False,
            internal=True,
            replicas=self.app.conf.topic_replication_factor,
        )

    def is_leader(self):
        return any(held.topic == self._leader_topic_name for held in self.app.consumer.assignment())


class App(faust.App):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, LeaderAssignor=TwoLeaders, **options)


faust.App = App

from anywhere import app  # noqa: E402, F401 - it has to find the class above
