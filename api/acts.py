"""A person's act in a running procedure: a Temporal update, carried out once for each key."""

from __future__ import annotations

import asyncio
import re
from uuid import UUID

from pydantic import BaseModel
from temporalio.client import (
    WorkflowFailureError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from api.idempotency import body_digest, once
from api.services import Services
from domain import ids
from domain.errors import (
    AgencyRefused,
    ConsentNeeded,
    Invalid,
    LawForbids,
    NotAllowed,
    NotYet,
    OnjipError,
    UnknownThing,
    WrongState,
)
from domain.messages import Act, ActAnswer
from store.idempotency import Key

CODE = re.compile(r"^[a-z][a-z0-9_.]{0,60}$")
CLASSES: dict[str, type[OnjipError]] = {
    error.code: error for error in (AgencyRefused, ConsentNeeded, Invalid, LawForbids, NotAllowed, UnknownThing)
}


async def act(
    services: Services, key: Key, body: BaseModel, *, workflow_id: str, update: str, message: Act
) -> ActAnswer:
    """Ask the workflow and wait a few seconds; the same key asks again after NotYet (503).

    A refusal (WrongState, NotAllowed, …) had no effect, so its key is free again.
    """
    update_id = _update_id(key, body_digest(services, body))
    done = await once(services, key, body, lambda: _ask(services, workflow_id, update, message, update_id))
    return ActAnswer.model_validate(done.answer)


def _update_id(key: Key, digest: str) -> str:
    person: UUID = key.person_id
    return ids.update_id(person, key.route, key.key, digest)


async def _ask(services: Services, workflow_id: str, update: str, message: Act, update_id: str) -> ActAnswer:
    handle = services.temporal.get_workflow_handle(workflow_id)
    try:
        async with asyncio.timeout(services.act_within_s):
            answer: ActAnswer = await handle.execute_update(update, message, id=update_id, result_type=ActAnswer)
            return answer
    except WorkflowUpdateFailedError as error:
        raise refusal(error) from None
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError):
        raise not_yet() from None
    except RuntimeError as error:  # the SDK's word for a connection that was never made
        raise NotYet("engine_down") from error
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise await _absent(services, workflow_id) from None
        raise


def refusal(error: WorkflowUpdateFailedError | WorkflowFailureError) -> OnjipError:
    """The workflow's no as a domain error. Its type is a stable code; its first detail may hold both sentences."""
    cause: BaseException | None = error.cause
    while cause is not None and not (isinstance(cause, ApplicationError) and CODE.match(cause.type or "")):
        cause = cause.__cause__
    if not isinstance(cause, ApplicationError) or cause.type is None:
        return OnjipError()
    if cause.type == NotYet.code:
        return not_yet()
    said = cause.details[0] if cause.details and isinstance(cause.details[0], dict) else {}
    words = {name: said.get(name) for name in ("field", "article")}
    refused = CLASSES.get(cause.type, WrongState)
    return refused(cause.type, ko=said.get("ko") or "", en=said.get("en") or cause.message, **words)


async def _absent(services: Services, workflow_id: str) -> OnjipError:
    """A procedure that has ended takes no acts any more; one that is promised has not begun, or only just now."""
    try:
        found = await services.temporal.get_workflow_handle(workflow_id).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return not_yet()
        raise
    if found.close_time is None:
        return not_yet()
    return WrongState("procedure_ended", ko="이미 끝난 절차입니다.", en="This procedure has ended.")


def not_yet() -> NotYet:
    error = NotYet()
    error.retry_after = 1.0
    return error
