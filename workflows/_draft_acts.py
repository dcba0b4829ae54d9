"""What brokers do with a draft: edit it in turns, explain it, invite to sign it, and take it back to mend it."""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.contracts import Contracts
    from activities.documents import Documents
    from activities.versions import Versions
    from domain.messages import Act, ActAnswer, ContractStart, EditAct, ReasonAct
    from domain.work import ContractDone, ContractView, Edit
    from workflows._contract_acts import ContractActs, Stop
    from workflows._options import DOCUMENT, JUDGE, RECORD
    from workflows._trouble import no

REOPENED = "reopened"


class DraftActs(ContractActs):
    """A draft has versions: each act on it names the one that is meant."""

    def __init__(self, start: ContractStart) -> None:
        super().__init__(start)
        self._explained = False

    @workflow.update
    async def edit(self, act: EditAct) -> ActAnswer:
        """A broker of this contract makes the next version. Two at once: the second is refused with the version."""
        edit = Edit(contract_id=self._view.contract_id, act=act, key=_this_act())
        self._take(await workflow.execute_activity_method(Versions.edit, edit, **JUDGE))
        await self._wait_from_now(first=False)
        return ActAnswer(
            state="draft",
            ko=f"초안을 고쳤습니다({self._view.version}번째 판). 확인·설명서를 다시 교부해 주십시오.",
            en=f"The draft is edited (version {self._view.version}). Deliver the explanation anew.",
        )

    @edit.validator
    def _may_edit(self, act: EditAct) -> None:
        if act.person_id not in self._view.editors:
            raise ApplicationError("Only a broker of this contract may do this.", type="not_allowed")
        self._must_be_draft()

    @workflow.update
    async def explain(self, act: Act) -> ActAnswer:
        """The broker has delivered the explanation (공인중개사법 제25조)."""
        version = self._view.version
        await self._mark("explained", version)
        self._explained = self._view.version == version
        return ActAnswer(state="explained", ko="확인·설명서를 교부했습니다.", en="The explanation has been delivered.")

    @explain.validator
    def _may_explain(self, act: Act) -> None:
        self._only_broker(act)
        self._must_be_draft()

    @workflow.update
    async def invite(self, act: Act) -> ActAnswer:
        """The broker freezes the draft and invites the parties. A missing content comes back to the broker."""
        version = self._view.version
        meant = self._start.model_copy(update={"version": version})
        await workflow.execute_activity_method(Documents.freeze, meant, **DOCUMENT)
        await self._mark("invited", version)
        self._invited = True
        return ActAnswer(state="invited", ko="당사자를 초대했습니다.", en="The parties have been invited.")

    @invite.validator
    def _may_invite(self, act: Act) -> None:
        self._only_broker(act)
        if not self._explained:
            raise _no(
                "계약 전에 확인·설명서를 교부해야 합니다(공인중개사법 제25조).",
                "The explanation must be delivered before the contract (공인중개사법 제25조).",
            )
        self._must_be_draft()

    @workflow.update
    async def reopen(self, act: ReasonAct) -> ActAnswer:
        """Back to a draft, with a new version. What has been signed of the old one no longer stands."""
        version = self._view.version
        self._stop = Stop(REOPENED, act.reason, act.person_id)
        await workflow.wait_condition(lambda: self._over or self._view.version > version)
        if self._over:
            raise _no("이미 끝난 계약입니다.", "This contract has ended.")
        return ActAnswer(
            state="draft",
            ko="회수했습니다. 먼저 한 서명은 효력이 없습니다. 고친 뒤 다시 설명하고 초대해 주십시오.",
            en="Taken back: earlier signatures no longer stand. Edit, explain and invite again.",
        )

    @reopen.validator
    def _may_reopen(self, act: ReasonAct) -> None:
        self._only_broker(act)
        self._must_be_unsigned()
        if not self._invited:
            raise _no("아직 초안입니다. 바로 고칠 수 있습니다.", "It is a draft still: edit it.")

    def _take(self, view: ContractView) -> None:
        """Another version stands in the record: nobody has been explained or has signed it. An older answer that
        comes late changes nothing."""
        if view.version > self._view.version:
            self._contract = view.model_copy(update={"periods": self._view.periods})
            self._explained = self._invited = False

    async def _mark(self, state: str, version: int) -> None:
        done = ContractDone(contract_id=self._view.contract_id, state=state, version=version)
        await workflow.execute_activity_method(Contracts.mark, done, **RECORD)

    def _must_be_draft(self) -> None:
        self._must_be_unsigned()
        if self._invited:
            raise _no(
                "이미 당사자를 초대했습니다. 고치려면 먼저 회수해 주십시오.",
                "The parties have been invited already. Take it back first.",
            )

    def _only_broker(self, act: Act) -> None:
        if not self._view.brokered or act.person_id != self._view.drafter_id:
            raise ApplicationError("Only the drafting broker may do this.", type="not_allowed")


def _this_act() -> str:
    """The act's own id: the same however often it is carried out."""
    info = workflow.current_update_info()
    if info is None:
        raise LookupError("only an act has an id")
    return info.id


def _no(ko: str, en: str) -> ApplicationError:
    return no("wrong_state", ko, en)
