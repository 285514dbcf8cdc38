use super::{
    ApproveLateEntryInput, CheckInInput, CheckInResult, CheckOutInput, ConfirmStudioLogInput, FileAddress, LateEntryResult, ObjectToCheckInInput,
    RequestLateEntryInput, SettleConflictInput, SettleConflictResult, StudioLedgerFileInput, SyncCheckInsInput, SyncCheckInsPayload,
    UndoCheckInInput,
};
use super::{check_in, check_out, confirm_log, late, ledger, object, settle, sync, undo};
use crate::kernel::{ApiError, Cx};
use async_graphql::{Context, Object};

/// Checking in and out.
#[derive(Default)]
pub struct CheckInsMutation;

#[Object]
impl CheckInsMutation {
    /// Checks in: a member by the studio's code, or those who run the studio for a member who is there without a phone.
    #[graphql(complexity = "20 + child_complexity")]
    async fn check_in(&self, ctx: &Context<'_>, #[graphql(desc = "Where and how.")] input: CheckInInput) -> Result<CheckInResult, ApiError> {
        check_in::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Checks out, with what was heard; or gives the log of a visit that ended by itself.
    #[graphql(complexity = "20 + child_complexity")]
    async fn check_out(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where, and what was heard.")] input: CheckOutInput,
    ) -> Result<CheckInResult, ApiError> {
        check_out::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Takes back one's own check-in or check-out. The history keeps both.
    #[graphql(complexity = "20 + child_complexity")]
    async fn undo_check_in(&self, ctx: &Context<'_>, #[graphql(desc = "Which entry.")] input: UndoCheckInInput) -> Result<CheckInResult, ApiError> {
        undo::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Uploads what a phone kept without network. Each entry has its own result; one bad entry never fails the others.
    #[graphql(complexity = "200 + 20 * child_complexity")]
    async fn sync_check_ins(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was kept.")] input: SyncCheckInsInput,
    ) -> Result<SyncCheckInsPayload, ApiError> {
        sync::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Objects to a visit that staff entered for oneself; it waits then until somebody else has settled it.
    #[graphql(complexity = "20 + child_complexity")]
    async fn object_to_check_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "To which visit, and why.")] input: ObjectToCheckInInput,
    ) -> Result<CheckInResult, ApiError> {
        object::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Asks for a visit that nobody entered at its time (补签).
    #[graphql(complexity = "20 + child_complexity")]
    async fn request_late_entry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "When and why.")] input: RequestLateEntryInput,
    ) -> Result<LateEntryResult, ApiError> {
        late::request(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Approves or declines a late entry; approved, it counts like any other. For those who run the studio, never for oneself.
    #[graphql(complexity = "20 + child_complexity")]
    async fn approve_late_entry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and the decision.")] input: ApproveLateEntryInput,
    ) -> Result<LateEntryResult, ApiError> {
        late::decide(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Confirms the log of a visit. For those who run the studio, never for oneself.
    #[graphql(complexity = "20 + child_complexity")]
    async fn confirm_studio_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which visit.")] input: ConfirmStudioLogInput,
    ) -> Result<CheckInResult, ApiError> {
        confirm_log::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Settles a conflict of check-ins; the member is told. For those who run the studio, never for oneself.
    #[graphql(complexity = "20 + child_complexity")]
    async fn settle_conflict(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and how.")] input: SettleConflictInput,
    ) -> Result<SettleConflictResult, ApiError> {
        settle::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Gives an address where a studio's ledger can be fetched once, within five minutes, as CSV for a spreadsheet. For the
    /// internal side of its committee.
    #[graphql(complexity = "10 + child_complexity")]
    async fn studio_ledger_file(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which studio and year.")] input: StudioLedgerFileInput,
    ) -> Result<FileAddress, ApiError> {
        ledger::file(ctx.data_unchecked::<Cx>(), input).await
    }
}
