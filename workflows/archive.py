"""Evidence that lasts: before an archive time stamp is believed no more, the file gets another one over it."""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.archiving import Archiving
    from domain.messages import ArchiveStart
    from domain.work import ArchiveDone, ArchiveDue, ArchiveLook
    from workflows._options import DOCUMENT

IN_A_ROW = 3  # files that could not be renewed for the while that is given to each


@workflow.defn
class ArchiveWorkflow:
    """One sweep over all sealed files; a schedule repeats it. What fails today is due again tomorrow."""

    @workflow.run
    async def run(self, start: ArchiveStart) -> ArchiveDone:
        look = ArchiveLook(at=workflow.now(), ahead=start.ahead, after=start.after)
        due: ArchiveDue = await workflow.execute_activity_method(
            Archiving.due, look, **DOCUMENT, schedule_to_close_timeout=start.patience
        )
        renewed, failed, down = start.renewed, start.failed, 0
        for one in due.items:
            try:
                await workflow.execute_activity_method(
                    Archiving.renew, one, **DOCUMENT, schedule_to_close_timeout=start.patience
                )
            except ActivityError as error:
                if is_cancelled_exception(error):
                    raise
                workflow.logger.error("a sealed file was not renewed")
                failed, down = failed + 1, 0 if _is_final(error) else down + 1
                if down == IN_A_ROW:
                    raise  # it is not the files: the authority is down
            else:
                renewed, down = renewed + 1, 0
        if due.more:
            after = start.model_copy(update={"after": due.items[-1], "renewed": renewed, "failed": failed})
            workflow.continue_as_new(after)
        if failed:
            # Seen by whoever runs this: each of these files needs a person.
            raise ApplicationError(f"{failed} files were not renewed, {renewed} were", type="not_renewed")
        return ArchiveDone(renewed=renewed, failed=failed)


def _is_final(error: ActivityError) -> bool:
    """This file does not hold any more; the others may."""
    return isinstance(error.cause, ApplicationError) and error.cause.non_retryable
