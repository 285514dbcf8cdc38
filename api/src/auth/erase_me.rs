use super::store;
use crate::audit;
use crate::kernel::{ApiError, Cx, Stop, replay, say};
use async_graphql::{Enum, InputObject, SimpleObject, Union};
use chrono::{DateTime, Utc};

/// How to erase the viewer.
#[derive(InputObject)]
pub struct EraseMeInput {
    /// Must be true: there is no way back.
    pub confirm: bool,
    /// Whether what the public can already read of the person's topics stays, under its alias. By default it goes too.
    #[graphql(default = false)]
    pub keep_public_texts: bool,
}

/// The person has been erased.
#[derive(SimpleObject)]
pub struct EraseMePayload {
    /// When.
    pub erased_at: DateTime<Utc>,
}

/// Why somebody cannot be erased right now.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum EraseMeRefusalReason {
    /// The sign-in is older than 15 minutes: sign in again, so that nobody else can do this with a phone left lying.
    SignInAgain,
    /// An appointment is in force: have it ended first.
    HoldsAppointment,
}

/// The erasure was refused.
#[derive(SimpleObject)]
pub struct EraseMeRefused {
    /// The reason as a word.
    pub code: String,
    /// The sentence to show.
    pub message: String,
    /// The reason.
    pub reason: EraseMeRefusalReason,
}

/// Erased, or why not.
#[derive(Union)]
pub enum EraseMeResult {
    /// Erased.
    Done(EraseMePayload),
    /// Refused.
    Refused(EraseMeRefused),
}

const FRESH_SECONDS: i64 = 900;

pub(super) async fn run(cx: &Cx, input: EraseMeInput) -> Result<EraseMeResult, ApiError> {
    let account = cx.account()?;
    if !input.confirm {
        return Err(ApiError::bad_input("confirm", say("注销后无法恢复，请确认。", "There is no way back: please confirm.")));
    }
    let session = cx.session()?;
    let sessions = cx.app().live.sessions(account, cx.now()).await.map_err(|_| ApiError::unavailable())?;
    let fresh = sessions.iter().any(|other| other.id == session && cx.now().0 - other.created_at <= FRESH_SECONDS * 1_000_000);
    if !fresh {
        return Ok(refused(cx, EraseMeRefusalReason::SignInAgain));
    }
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            // Locked first: what the person is doing elsewhere at this moment is done before, or finds them gone.
            store::lock_account(&tx, account).await?;
            if crate::organisation::holds_any(&tx, account, cx.now()).await? {
                return Err(Stop::Refused(EraseMeRefusalReason::HoldsAppointment));
            }
            // Written before the person is gone; it names no more than an opaque id.
            audit::record(&tx, cx, audit::Entry::new("eraseMe", "RESIDENT", account)).await?;
            let callers = store::callers_of(&tx, account).await?;
            crate::topics::erase(&tx, cx, account, &callers, input.keep_public_texts).await?;
            crate::duty::leave_all(&tx, cx, account).await?;
            crate::receptions::erase(&tx, cx, account, &callers).await?;
            crate::consultations::erase(&tx, cx, account).await?;
            crate::feeds::end_all(&tx, account, cx.now()).await?;
            crate::organisation::end_pending(&tx, account, cx.now()).await?;
            crate::notices::forget_messages(&tx, account, &callers, cx.now()).await?;
            replay::forget(&tx, account).await?;
            store::erase(&tx, cx, account, &callers).await?;
            crate::topics::erased(&tx, cx, account, &callers).await?;
            Ok(())
        })
        .await;
    match done {
        Ok(()) => {}
        Err(Stop::Refused(reason)) => return Ok(refused(cx, reason)),
        Err(Stop::Failed(error)) => return Err(error),
    }
    // Sessions end with the account; where Redis is away, the account they lead to is empty.
    let _ = cx.app().live.close_all(account).await;
    cx.app().db.settle().await;
    Ok(EraseMeResult::Done(EraseMePayload { erased_at: cx.now().utc() }))
}

fn refused(cx: &Cx, reason: EraseMeRefusalReason) -> EraseMeResult {
    let (code, text) = match reason {
        EraseMeRefusalReason::SignInAgain => {
            ("SIGN_IN_AGAIN", say("注销前请重新登录一次，确认是您本人。", "Please sign in once more before erasing, so that we know it is you."))
        }
        EraseMeRefusalReason::HoldsAppointment => (
            "HOLDS_APPOINTMENT",
            say("您还有在任的职务，请先联系委员工作部门结束任职，再注销。", "You hold an appointment; please have member affairs end it first."),
        ),
    };
    EraseMeResult::Refused(EraseMeRefused { code: code.to_owned(), message: cx.tell(&text), reason })
}
