use super::moves::{self, Move, No, Standing};
use super::refusal::{HandOverRefusalReason as Reason, HandOverResult, Refuse, finish, missing};
use super::step;
use super::store;
use super::subject::Subject;
use crate::audit;
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid, OnRule, OrInternal, Stop, personal, replay, say};
use async_graphql::InputObject;
use shangyi_entities::{HandOverId, TypedId, hand_over_rating};
use uuid::Uuid;

/// What one thinks of a unit's reply.
#[derive(InputObject)]
pub struct RateHandOverInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// A hand-over of what one has raised, with its reply.
    pub hand_over_id: Gid<HandOverId>,
    /// From 1 (not at all satisfied) to 5 (fully satisfied).
    pub stars: i64,
    /// A word on it, at most 300 characters. Kept under the person's own key.
    pub comment: Option<String>,
}

const COMMENT: Rule = Rule { field: "comment", name: ("评价", "The comment"), most: 300 };

pub(super) async fn run(cx: &Cx, input: RateHandOverInput) -> Result<HandOverResult, ApiError> {
    let viewer = cx.viewer().await?;
    if !(1..=5).contains(&input.stars) {
        return Err(ApiError::bad_input("stars", say("请在1到5分之间评价。", "Please rate from 1 to 5.")));
    }
    let comment = text::clean_optional(&COMMENT, input.comment.as_deref())?;
    let (input, comment, id) = (&input, comment.as_deref(), input.hand_over_id.0);
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "rateHandOver", input.request_id, input, Some(Gid(id).to_string())).await?.is_some() {
                return Ok((id, true));
            }
            // Not locked: what has a reply never moves again.
            let row = store::row(&tx, id).await?.ok_or_else(missing)?;
            let standing = step::standing(viewer, &row);
            if standing.unit {
                return Err(Stop::Refused(Refuse::Move(No::NeedsAnotherPerson)));
            }
            let asker = Subject::of(&row).ok_or_else(missing)?.asked_by(&tx, viewer.account).await?;
            match moves::judge(Move::Rate, row.state, Standing { asker, ..standing }) {
                Ok(_) => {}
                Err(No::NotYours) => return Err(Stop::Refused(Refuse::NotYours(id))),
                Err(No::NotNow) => return Err(step::changed(&tx, &row).await),
                Err(no) => return Err(Stop::Refused(Refuse::Move(no))),
            }
            let comment_enc = match comment {
                Some(comment) => {
                    let key = personal::of(&*tx, &cx.app().keys, viewer.account.uuid()).await?;
                    Some(key.ok_or_else(ApiError::unauthenticated)?.seal(store::COMMENT, comment)?)
                }
                None => None,
            };
            let rating = hand_over_rating::Model {
                id: cx.new_id(),
                hand_over_id: id,
                account_id: viewer.account,
                stars: input.stars,
                comment_enc,
                at: cx.now(),
            };
            store::insert_rating(&tx, rating)
                .await
                .on_rule("one_rating_per_person", || Refuse::Because(Reason::RatedAlready))?
                .internal("rating a hand-over")?;
            let entry = audit::Entry::new("rateHandOver", "AUTHOR", id);
            audit::record(&tx, cx, audit::Entry { committee: Some(row.committee_id), ..entry }).await?;
            Ok((id, false))
        })
        .await;
    finish(cx, done).await
}
