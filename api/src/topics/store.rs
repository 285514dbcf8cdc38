//! Topics and what hangs on them: the only files that name those tables. (Lists of topics: `store/pages.rs`.)
mod audience;
mod pages;

use crate::kernel::cx::Who;
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, OrInternal, WriteTx, personal};
use sea_orm::sea_query::{Expr, LockType, OnConflict};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};
use shangyi_entities::appointment::{Desk, Role};
use shangyi_entities::topic::TopicState;
use shangyi_entities::topic_event::TopicEventKind;
use shangyi_entities::{AccountId, CallerId, OrganisationId, Timestamp, TopicAnswerId, TopicId, TopicSupportId};
use shangyi_entities::{topic, topic_answer, topic_event, topic_flag, topic_original, topic_support};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

pub use audience::*;
pub(super) use pages::*;

/// Where sealed texts belong.
pub(super) const NOTE: &str = "topic_events.note";
pub(super) const FLAG_NOTE: &str = "topic_flags.note";
pub(super) const TITLE: &str = "topic_originals.title";
pub(super) const BODY: &str = "topic_originals.body";

/// Topics whose desk the viewer is.
pub(super) fn of_desk(viewer: &Viewer) -> Condition {
    let mut any = Condition::any();
    for held in &viewer.appointments {
        let committee = topic::Column::CommitteeId.eq(held.committee_id);
        match (held.role, held.desk, held.street()) {
            (Role::CommitteeStaff, Some(Desk::General), _) => any = any.add(committee),
            (_, _, Some(code)) => {
                let from = topic::Column::DivisionCode.gte(code);
                any = any.add(Condition::all().add(committee).add(from).add(topic::Column::DivisionCode.lt(format!("{code}:"))));
            }
            _ => {}
        }
    }
    if any.is_empty() { Condition::any().add(Expr::value(false)) } else { any }
}

/// Topics the viewer may know of: public ones, one's own, those one has backed, those of one's desk.
pub(super) fn visible_to(viewer: Option<&Viewer>) -> Condition {
    let public = Condition::any().add(topic::Column::PublicSince.is_not_null());
    let Some(viewer) = viewer else { return public };
    let backed = topic_support::Entity::find()
        .select_only()
        .column(topic_support::Column::TopicId)
        .filter(topic_support::Column::AccountId.eq(viewer.account))
        .filter(topic_support::Column::WithdrawnAt.is_null());
    public.add(topic::Column::AuthorId.eq(viewer.account)).add(topic::Column::Id.in_subquery(backed.into_query())).add(of_desk(viewer))
}

pub(super) async fn by_ids(cx: &Cx, ids: &[TopicId]) -> Result<Vec<topic::Model>, ApiError> {
    let viewer = cx.viewer_if_any().await?;
    let rows = topic::Entity::find()
        .filter(topic::Column::Id.is_in(ids.iter().copied()))
        .filter(visible_to(viewer))
        .all(cx.read())
        .await
        .internal("reading topics")?;
    // What a passer-by may not see could well be the viewer's own.
    if cx.who() == Who::Unknown && rows.len() < ids.len() {
        return Err(ApiError::unavailable());
    }
    Ok(rows)
}

/// The rows of topics, whoever asks.
pub(super) async fn rows(cx: &Cx, ids: &[TopicId]) -> Result<Vec<topic::Model>, ApiError> {
    topic::Entity::find().filter(topic::Column::Id.is_in(ids.iter().copied())).all(cx.read()).await.internal("reading topics")
}

/// Which of these topics the viewer may know of.
pub async fn visible_among(cx: &Cx, ids: &[TopicId]) -> Result<HashSet<TopicId>, ApiError> {
    Ok(by_ids(cx, ids).await?.into_iter().map(|row| row.id).collect())
}

/// The topic, locked for this transaction, if the viewer may know of it. Not against new rows that point to it: a
/// support would wait for the lock, and the lock for the support.
pub(super) async fn for_update(tx: &WriteTx, viewer: &Viewer, id: TopicId) -> Result<Option<topic::Model>, ApiError> {
    topic::Entity::find_by_id(id)
        .filter(visible_to(Some(viewer)))
        .lock(LockType::NoKeyUpdate)
        .one(&**tx)
        .await
        .internal("reading a topic to be moved")
}

/// Where a matter stands: that of a merged topic where its canonical one does, unless its author has withdrawn it; with how often it
/// was reopened.
pub(super) async fn stands(tx: &WriteTx, row: &topic::Model) -> Result<(TopicState, i64), ApiError> {
    let own = (row.state, row.reopened);
    let Some(canonical) = row.canonical_id.filter(|_| row.state != TopicState::Withdrawn) else { return Ok(own) };
    let query = topic::Entity::find_by_id(canonical).select_only().columns([topic::Column::State, topic::Column::Reopened]);
    Ok(query.into_tuple().one(&**tx).await.internal("reading where a matter stands")?.unwrap_or(own))
}

/// The topic, locked for this transaction, whoever asks: for what happens by itself.
pub(super) async fn locked(tx: &WriteTx, id: TopicId) -> Result<Option<topic::Model>, ApiError> {
    topic::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(&**tx).await.internal("reading a topic to be moved")
}

/// Rule: `campaign_is_open`.
pub(super) async fn insert_topic(tx: &WriteTx, row: topic::Model) -> Result<u64, DbErr> {
    topic::Entity::insert(topic::ActiveModel::from(row).reset_all()).exec_without_returning(&**tx).await
}

/// Changes the topic unless somebody else has; whether it was so.
pub(super) async fn update(tx: &WriteTx, row: &topic::Model, changes: topic::ActiveModel) -> Result<bool, ApiError> {
    let updated = topic::Entity::update_many()
        .set(changes)
        .filter(topic::Column::Id.eq(row.id))
        .filter(topic::Column::Version.eq(row.version))
        .exec(&**tx)
        .await
        .internal("moving a topic")?;
    Ok(updated.rows_affected == 1)
}

pub(super) async fn insert_event(tx: &WriteTx, row: topic_event::Model) -> Result<(), ApiError> {
    topic_event::Entity::insert(topic_event::ActiveModel::from(row).reset_all()).exec_without_returning(&**tx).await.internal("writing history")?;
    Ok(())
}

pub(super) async fn last_event(tx: &WriteTx, id: TopicId) -> Result<Option<topic_event::Model>, ApiError> {
    topic_event::Entity::find()
        .filter(topic_event::Column::TopicId.eq(id))
        .order_by_desc(topic_event::Column::Version)
        .one(&**tx)
        .await
        .internal("reading history")
}

pub(super) async fn insert_answer(tx: &WriteTx, row: topic_answer::Model) -> Result<(), ApiError> {
    topic_answer::Entity::insert(topic_answer::ActiveModel::from(row).reset_all())
        .exec_without_returning(&**tx)
        .await
        .internal("writing an answer")?;
    Ok(())
}

/// The topic that an answer is of.
pub(super) async fn topic_of_answer(cx: &Cx, id: TopicAnswerId) -> Result<Option<TopicId>, ApiError> {
    let query = topic_answer::Entity::find_by_id(id).select_only().column(topic_answer::Column::TopicId);
    query.into_tuple().one(cx.read()).await.internal("looking for the topic of an answer")
}

/// The canonical topics that are answered and not confirmed, where the person raised one of several.
pub(super) async fn answered_with_others(tx: &WriteTx, account: AccountId, callers: &[CallerId]) -> Result<Vec<TopicId>, ApiError> {
    use topic::Column as C;
    let theirs = || Condition::any().add(C::AuthorId.eq(account)).add(C::CallerId.is_in(callers.iter().copied()));
    let merged = topic::Entity::find().select_only().column(C::CanonicalId).filter(theirs()).filter(C::CanonicalId.is_not_null());
    topic::Entity::find()
        .select_only()
        .column(C::Id)
        .filter(C::State.eq(TopicState::Answered))
        .filter(C::MergedCount.gt(0))
        .filter(theirs().add(C::Id.in_subquery(merged.into_query())))
        .order_by_asc(C::Id)
        .into_tuple()
        .all(&**tx)
        .await
        .internal("looking for matters raised with others")
}

/// The latest answer of a topic, and when it was given.
pub(super) async fn last_answer(tx: &WriteTx, id: TopicId) -> Result<Option<(TopicAnswerId, Timestamp)>, ApiError> {
    topic_answer::Entity::find()
        .select_only()
        .columns([topic_answer::Column::Id, topic_answer::Column::At])
        .filter(topic_answer::Column::TopicId.eq(id))
        .order_by_desc(topic_answer::Column::At)
        .order_by_desc(topic_answer::Column::Id)
        .into_tuple()
        .one(&**tx)
        .await
        .internal("looking for an answer")
}

/// Keeps what was typed, before masking, under the key of whoever it came from.
pub(super) async fn insert_original(
    tx: &WriteTx,
    cx: &Cx,
    topic: TopicId,
    version: i64,
    subject: Option<Uuid>,
    title: &str,
    body: &str,
) -> Result<(), ApiError> {
    let subject = subject.ok_or_else(|| ApiError::broken("an original of nobody"))?;
    let key = personal::of(&**tx, &cx.app().keys, subject).await?.ok_or_else(ApiError::unauthenticated)?;
    let row = topic_original::ActiveModel {
        topic_id: Set(topic),
        version: Set(version),
        subject_id: Set(subject),
        title_enc: Set(key.seal(TITLE, title)?),
        body_enc: Set(key.seal(BODY, body)?),
    };
    topic_original::Entity::insert(row).exec_without_returning(&**tx).await.internal("keeping an original")?;
    Ok(())
}

/// Titles and texts as they were typed, by topic, oldest first; nothing once the person is erased.
pub(super) async fn originals(cx: &Cx, topics: &[TopicId]) -> Result<HashMap<TopicId, Vec<(String, String)>>, ApiError> {
    let rows = topic_original::Entity::find()
        .filter(topic_original::Column::TopicId.is_in(topics.iter().copied()))
        .order_by_asc(topic_original::Column::Version)
        .all(cx.read())
        .await
        .internal("reading originals")?;
    let subjects: Vec<Uuid> = rows.iter().map(|row| row.subject_id).collect();
    let keys = personal::of_many(cx.read(), &cx.app().keys, &subjects).await?;
    let mut found: HashMap<TopicId, Vec<(String, String)>> = HashMap::new();
    for row in rows {
        let Some(key) = keys.get(&row.subject_id) else { continue };
        if let Some(typed) = key.open(TITLE, &row.title_enc).zip(key.open(BODY, &row.body_enc)) {
            found.entry(row.topic_id).or_default().push(typed);
        }
    }
    Ok(found)
}

/// The last event of a kind, such as the answer that backers of a topic merged later are told of.
pub(super) async fn last_of_kind(tx: &WriteTx, id: TopicId, what: &[TopicEventKind]) -> Result<Option<topic_event::Model>, ApiError> {
    topic_event::Entity::find()
        .filter(topic_event::Column::TopicId.eq(id))
        .filter(topic_event::Column::What.is_in(what.iter().copied()))
        .order_by_desc(topic_event::Column::Version)
        .one(&**tx)
        .await
        .internal("reading history")
}

/// What a supporter is to a topic.
#[derive(FromQueryResult)]
pub(super) struct SupporterStanding {
    pub(super) committee: Option<OrganisationId>,
    pub(super) canonical: Option<TopicId>,
    backing: Option<TopicSupportId>,
}

pub(super) struct Supporter {
    pub(super) committee: Option<OrganisationId>,
    pub(super) canonical: Option<TopicId>,
    pub(super) backs: bool,
}

/// The topic's committee, and whether the person backs it; nothing where they may not know of the topic.
pub(super) async fn standing_of_supporter(tx: &WriteTx, account: AccountId, id: TopicId) -> Result<Option<Supporter>, ApiError> {
    let own = topic_support::Entity::find()
        .select_only()
        .column(topic_support::Column::Id)
        .filter(topic_support::Column::TopicId.eq(id))
        .filter(topic_support::Column::AccountId.eq(account))
        .filter(topic_support::Column::WithdrawnAt.is_null())
        .into_query();
    let viewer = Viewer { account, appointments: Vec::new() };
    let found = topic::Entity::find_by_id(id)
        .select_only()
        .column_as(topic::Column::CommitteeId, "committee")
        .column_as(topic::Column::CanonicalId, "canonical")
        .expr_as(Expr::SubQuery(None, Box::new(own.into())), "backing")
        .filter(visible_to(Some(&viewer)))
        .into_model::<SupporterStanding>()
        .one(&**tx)
        .await
        .internal("reading a topic to be backed")?;
    Ok(found.map(|found| Supporter { committee: found.committee, canonical: found.canonical, backs: found.backing.is_some() }))
}

pub(super) async fn insert_support(tx: &WriteTx, row: topic_support::Model) -> Result<u64, DbErr> {
    topic_support::Entity::insert(topic_support::ActiveModel::from(row).reset_all()).exec_without_returning(&**tx).await
}

/// Takes a support back; whether there was one.
pub(super) async fn withdraw_support(tx: &WriteTx, account: AccountId, topic: TopicId, now: Timestamp) -> Result<bool, ApiError> {
    let withdrawn = topic_support::Entity::update_many()
        .col_expr(topic_support::Column::WithdrawnAt, Expr::value(now))
        .filter(topic_support::Column::TopicId.eq(topic))
        .filter(topic_support::Column::AccountId.eq(account))
        .filter(topic_support::Column::WithdrawnAt.is_null())
        .exec(&**tx)
        .await
        .internal("taking a support back")?;
    Ok(withdrawn.rows_affected == 1)
}

/// Flags a topic; the same person's second flag changes nothing.
pub(super) async fn insert_flag(tx: &WriteTx, row: topic_flag::Model) -> Result<(), ApiError> {
    topic_flag::Entity::insert(topic_flag::ActiveModel::from(row).reset_all())
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(&**tx)
        .await
        .internal("flagging a topic")?;
    Ok(())
}

/// How many topics there are.
pub async fn count(db: &impl ConnectionTrait) -> Result<u64, ApiError> {
    use sea_orm::PaginatorTrait;
    topic::Entity::find().count(db).await.internal("counting topics")
}
