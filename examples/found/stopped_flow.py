"""Import this in a Faust program with tables, and messages that come in while a recovery ends are
not thrown away: Faust's flow is stopped meanwhile, and what was fetched is read again.

For faust-streaming 0.15.3. It imports `from_the_beginning`, without which those of partitions and
tables that have no commit would not be read again. Why it is needed: docs/found-in-faust.md.
"""

from faust.tables.recovery import Recovery
from found import from_the_beginning  # noqa: F401 - it changes what reading again is

on_recovery_completed = Recovery.on_recovery_completed


async def on_recovery_completed_without_flow(recovery, generation_id=0):
    recovery.app.consumer.stop_flow()
    recovery.app.flow_control.suspend()
    await on_recovery_completed(recovery, generation_id)  # at its end the flow goes on


Recovery.on_recovery_completed = on_recovery_completed_without_flow
