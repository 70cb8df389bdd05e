"""Import this in a Faust program, and a rebalance skips no message of a partition of which nothing
has been committed yet: it is read from its beginning again.

For faust-streaming 0.15.3, with `consumer_auto_offset_reset="earliest"`, which is Faust's own
setting. Why it is needed: docs/found-in-faust.md. Each message is processed at least once with it,
and what was processed but not committed is processed again.
"""

from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread

seek_to_committed = AIOKafkaConsumerThread.seek_to_committed


async def seek_to_committed_or_beginning(thread):
    committed = await seek_to_committed(thread)
    never = [partition for partition, offset in committed.items() if not offset]
    if never:
        await thread.seek_to_beginning(*never)
    return committed


AIOKafkaConsumerThread.seek_to_committed = seek_to_committed_or_beginning
