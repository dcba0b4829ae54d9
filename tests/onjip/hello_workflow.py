"""The smallest durable procedure: waits for a name, asks an activity, answers."""

from __future__ import annotations

from datetime import timedelta

from temporalio import activity, workflow

with workflow.unsafe.imports_passed_through():
    from domain.model import Model


class Greeting(Model):
    text: str


@activity.defn
async def greet(name: str) -> Greeting:
    return Greeting(text=f"안녕하세요, {name}")


@workflow.defn
class HelloWorkflow:
    def __init__(self) -> None:
        self._name: str | None = None

    @workflow.run
    async def run(self) -> Greeting:
        await workflow.wait_condition(lambda: self._name is not None)
        return await workflow.execute_activity(greet, self._name, start_to_close_timeout=timedelta(seconds=5))

    @workflow.signal
    def name(self, name: str) -> None:
        self._name = name
