use super::answer::{finish, missing};
use super::model::ReceptionRecordResult;
use super::{COMMENT, store};
use crate::audit;
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid, OnRule, OrInternal, Stop, personal, replay, say};
use crate::receptions::booking as bookings;
use crate::receptions::day::ReceptionRefusalReason as Reason;
use crate::receptions::day::refusal::Refuse;
use async_graphql::InputObject;
use shangyi_entities::reception_record::ReceptionRecordState as S;
use shangyi_entities::{ReceptionRecordId, TypedId, reception_rating};
use uuid::Uuid;

/// What one thinks of how one was received.
#[derive(InputObject)]
pub struct RateReceptionInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The record of one's own visit, with its answer.
    pub record_id: Gid<ReceptionRecordId>,
    /// From 1 (not at all satisfied) to 5 (fully satisfied).
    pub stars: i64,
    /// A word on it, at most 300 characters. Kept under the person's own key.
    pub comment: Option<String>,
}

const WORD: Rule = Rule { field: "comment", name: ("评价", "The comment"), most: 300 };

pub(in crate::receptions) async fn run(cx: &Cx, input: RateReceptionInput) -> Result<ReceptionRecordResult, ApiError> {
    let account = cx.account()?;
    if !(1..=5).contains(&input.stars) {
        return Err(ApiError::bad_input("stars", say("请在1到5分之间评价。", "Please rate from 1 to 5.")));
    }
    let comment = text::clean_optional(&WORD, input.comment.as_deref())?;
    let person = bookings::lists::person_of_viewer(cx).await?;
    let (input, comment, person, id) = (&input, comment.as_deref(), person.as_deref(), input.record_id.0);
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "rateReception", input.request_id, input, Some(Gid(id).to_string())).await?.is_some() {
                return Ok((id, true));
            }
            let row = store::now(&tx, id).await?.ok_or_else(missing)?;
            let visit = bookings::store::now(&tx, row.booking_id).await?.ok_or_else(missing)?;
            if visit.account_id != Some(account) && person != Some(visit.person_key.as_slice()) {
                return Err(missing().into());
            }
            if !matches!(row.state, S::Answered | S::Replied) {
                return Err(Stop::Refused(Refuse::Because(Reason::NotAnswered)));
            }
            let comment_enc = match comment {
                Some(comment) => {
                    let key = personal::of(&*tx, &cx.app().keys, account.uuid()).await?;
                    Some(key.ok_or_else(ApiError::unauthenticated)?.seal(COMMENT, comment)?)
                }
                None => None,
            };
            let rating =
                reception_rating::Model { id: cx.new_id(), record_id: id, account_id: account, stars: input.stars, comment_enc, at: cx.now() };
            let rated = store::insert_rating(&tx, rating).await;
            rated.on_rule("one_rating_per_record", || Refuse::Because(Reason::RatedAlready))?.internal("rating a reception")?;
            let entry = audit::Entry::new("rateReception", "RESIDENT", id);
            audit::record(&tx, cx, audit::Entry { committee: Some(row.committee_id), ..entry }).await?;
            Ok((id, false))
        })
        .await;
    finish(cx, done).await
}
