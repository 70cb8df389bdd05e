"""A Faust application that reads committed messages only.

So it reads nothing of a transaction that was refused, as a former leader's is (fencing.py). For
faust-streaming 0.15.3.
"""

import faust
from faust.transport.drivers import aiokafka as driver


class CommittedThread(driver.AIOKafkaConsumerThread):
    """Faust's consumer, which reads committed messages only if it also processes in transactions:
    for the moment in which it makes up its mind, say that it does."""

    def _create_worker_consumer(self, transport):
        self.consumer.in_transaction = True
        try:
            return super()._create_worker_consumer(transport)
        finally:
            self.consumer.in_transaction = False


class CommittedConsumer(driver.Consumer):
    def _new_consumer_thread(self):
        return CommittedThread(self, loop=self.loop, beacon=self.beacon)


class CommittedTransport(driver.Transport):
    Consumer = CommittedConsumer


class App(faust.App):
    def _new_transport(self):
        return CommittedTransport(self.conf.broker_consumer, self, loop=self.loop)
