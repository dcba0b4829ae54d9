"""Histories of workflows as files that replay: decrypted, without what a replay does not read.

Only what synthetic people did may be written down so: in a file nothing is encrypted any more.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import History, HistoryEvent
from temporalio.api.update.v1 import Meta
from temporalio.client import WorkflowHistory
from temporalio.converter import PayloadCodec

# Of an event: where and by whom it happened. A replay looks at what happened only.
UNREAD = (
    "identity", "request_id", "last_failure", "binary_checksum", "worker_version", "history_size_bytes",
    "first_execution_run_id", "original_execution_run_id", "header", "use_workflow_build_id", "deployment_version",
    "retry_policy", "start_to_close_timeout", "schedule_to_close_timeout", "schedule_to_start_timeout",
    "heartbeat_timeout", "priority",
)  # fmt: skip


async def readable(history: WorkflowHistory, codec: PayloadCodec) -> str:
    """The history as JSON, one event a line; ``WorkflowHistory.from_json`` reads it again."""
    kept = History()
    kept.events.extend(history.events)
    for event in kept.events:
        _slim(event)
        for payload in list(_found(event, Payload)):
            (plain,) = await codec.decode([payload])
            payload.CopyFrom(plain)
        for failure in _found(event, Failure):
            _untraced(failure)
        for meta in _found(event, Meta):
            meta.ClearField("identity")
    lines = [json.dumps(MessageToDict(event), ensure_ascii=False) for event in kept.events]
    return '{"events": [\n' + ",\n".join(lines) + "\n]}\n"


def _slim(event: HistoryEvent) -> None:
    event.ClearField("task_id")
    attributes = getattr(event, str(event.WhichOneof("attributes")))
    for name in UNREAD:
        if name in attributes.DESCRIPTOR.fields_by_name:
            attributes.ClearField(name)


def _untraced(failure: Failure) -> None:
    """What went wrong stays; in which line of whose machine does not."""
    failure.stack_trace = ""
    if failure.HasField("activity_failure_info"):
        failure.activity_failure_info.ClearField("identity")
    if failure.HasField("encoded_attributes"):
        said = json.loads(failure.encoded_attributes.data)
        failure.encoded_attributes.data = json.dumps({**said, "stack_trace": ""}).encode()


def _found(message: Message, kind: type[Any]) -> Iterator[Any]:
    """Every part of that kind, however deep; what is inside a found part is looked at too."""
    if isinstance(message, kind):
        yield message
    for field, value in message.ListFields():
        if field.message_type is not None:
            for part in _parts(value):
                yield from _found(part, kind)


def _parts(value: Any) -> list[Message]:
    """The messages in a field: one, several, or those of a map."""
    if isinstance(value, Message):
        return [value]
    found = value.values() if isinstance(value, Mapping) else value
    return [one for one in found if isinstance(one, Message)]
