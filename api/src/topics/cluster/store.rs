//! Clusters of topics: the only file that names merges, replies and proposals.
use super::super::store::of_desk;
use crate::kernel::pages::Page;
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, OrInternal, WriteTx};
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement};
use shangyi_entities::appointment::{Desk, Role};
use shangyi_entities::merge_proposal::{self, MergeDecision};
use shangyi_entities::topic::{self, Column as C, TopicState};
use shangyi_entities::{AccountId, MergeProposalId, OrganisationId, Timestamp, TopicId, TopicMergeId};
use shangyi_entities::{merge_proposal_topic, merge_reply, topic_event, topic_merge, topic_support};
use std::collections::HashMap;

/// Makes changes of a committee's clusters wait for each other; then locks what is merged into the topic. SQLite has one
/// writer.
pub(in super::super) async fn lock(tx: &WriteTx, topic: TopicId) -> Result<(), ApiError> {
    if tx.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let sql = "SELECT pg_advisory_xact_lock(hashtextextended(committee_id::text, 5)) FROM topics WHERE id = $1 AND committee_id IS NOT NULL";
    tx.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, [topic.into()])).await.internal("locking a committee's clusters")?;
    merged_into(tx, &[topic]).await.map(|_| ())
}

/// The topics merged into any of these, locked, in the order of their ids.
pub(super) async fn merged_into(tx: &WriteTx, canonical: &[TopicId]) -> Result<Vec<topic::Model>, ApiError> {
    topic::Entity::find()
        .filter(C::CanonicalId.is_in(canonical.iter().copied()))
        .order_by_asc(C::Id)
        .lock(LockType::NoKeyUpdate)
        .all(&**tx)
        .await
        .internal("reading merged topics")
}

/// Those topics, locked, in the order of their ids.
pub(super) async fn locked(tx: &WriteTx, ids: &[TopicId]) -> Result<Vec<topic::Model>, ApiError> {
    topic::Entity::find()
        .filter(C::Id.is_in(ids.iter().copied()))
        .order_by_asc(C::Id)
        .lock(LockType::NoKeyUpdate)
        .all(&**tx)
        .await
        .internal("reading topics to be merged")
}

/// Points topics to a canonical one, or to none, and lets their version grow. Rule: `no_chains`.
pub(super) async fn point(tx: &WriteTx, ids: &[TopicId], canonical: Option<TopicId>) -> Result<(), ApiError> {
    if ids.is_empty() {
        return Ok(());
    }
    topic::Entity::update_many()
        .col_expr(C::CanonicalId, Expr::value(canonical))
        .col_expr(C::Version, Expr::cust("version + 1"))
        // What is merged has no voices of its own; what is set free is counted anew.
        .col_expr(C::MergedCount, Expr::value(0_i64))
        .col_expr(C::VoiceCount, Expr::value(0_i64))
        .filter(C::Id.is_in(ids.iter().copied()))
        .exec(&**tx)
        .await
        .internal("merging topics")?;
    Ok(())
}

/// Counts a canonical topic's cluster anew: the topics merged into it, and the persons who back any of them.
pub(super) async fn recount(tx: &WriteTx, canonical: TopicId) -> Result<(), ApiError> {
    let sql = "UPDATE topics SET
            merged_count = (SELECT count(*) FROM topics m WHERE m.canonical_id = topics.id),
            voice_count = (SELECT count(DISTINCT s.account_id) FROM topic_supports s JOIN topics t ON t.id = s.topic_id
                  WHERE (t.id = topics.id OR t.canonical_id = topics.id) AND s.withdrawn_at IS NULL AND NOT s.declined
                    AND NOT EXISTS (SELECT 1 FROM topics a WHERE a.author_id = s.account_id AND (a.id = topics.id OR a.canonical_id = topics.id)))
         WHERE id = $1";
    let recount = Statement::from_sql_and_values(tx.get_database_backend(), sql, [canonical.into()]);
    tx.execute_raw(recount).await.internal("counting voices")?;
    Ok(())
}

/// Whoever declined to be carried along to another topic is asked anew.
pub(super) async fn forget_declines(tx: &WriteTx, topics: &[TopicId]) -> Result<(), ApiError> {
    use topic_support::Column as S;
    topic_support::Entity::update_many()
        .col_expr(S::Declined, Expr::value(false))
        .filter(S::TopicId.is_in(topics.iter().copied()))
        .filter(S::Declined.eq(true))
        .filter(S::WithdrawnAt.is_null())
        .exec(&**tx)
        .await
        .internal("asking backers anew")?;
    Ok(())
}

/// Carries a support along, or leaves it behind; whether there was one to change.
pub(super) async fn carry(tx: &WriteTx, topic: TopicId, account: AccountId, carry: bool) -> Result<bool, ApiError> {
    use topic_support::Column as S;
    let changed = topic_support::Entity::update_many()
        .col_expr(S::Declined, Expr::value(!carry))
        .filter(S::TopicId.eq(topic))
        .filter(S::AccountId.eq(account))
        .filter(S::WithdrawnAt.is_null())
        .filter(S::Declined.eq(carry))
        .exec(&**tx)
        .await
        .internal("replying to a merge")?;
    Ok(changed.rows_affected == 1)
}

/// Whether the account backs that topic.
pub(super) async fn backs(tx: &WriteTx, topic: TopicId, account: AccountId) -> Result<bool, ApiError> {
    use topic_support::Column as S;
    let found = topic_support::Entity::find()
        .filter(S::TopicId.eq(topic))
        .filter(S::AccountId.eq(account))
        .filter(S::WithdrawnAt.is_null())
        .one(&**tx)
        .await
        .internal("looking for a support")?;
    Ok(found.is_some())
}

/// Shows what is merged into a topic to everyone, or hides it, with it.
pub(in super::super) async fn show_merged(tx: &WriteTx, canonical: TopicId, since: Option<Timestamp>) -> Result<(), ApiError> {
    let mut update = topic::Entity::update_many().col_expr(C::PublicSince, Expr::value(since)).filter(C::CanonicalId.eq(canonical));
    if since.is_some() {
        update = update.filter(C::TakenDownAt.is_null()).filter(C::State.ne(TopicState::Withdrawn)).filter(C::PublicSince.is_null());
    }
    update.exec(&**tx).await.internal("showing merged topics")?;
    Ok(())
}

/// Shows a topic that has left its cluster to everyone again, where it was hidden with that one.
pub(super) async fn show(tx: &WriteTx, topic: TopicId, now: Timestamp) -> Result<(), ApiError> {
    topic::Entity::update_many()
        .col_expr(C::PublicSince, Expr::value(now))
        .filter(C::Id.eq(topic))
        .filter(C::PublicSince.is_null())
        .filter(C::TakenDownAt.is_null())
        .filter(C::State.is_in([TopicState::Accepted, TopicState::Shortlisted]))
        .exec(&**tx)
        .await
        .internal("showing a topic")?;
    Ok(())
}

pub(super) async fn insert_events(tx: &WriteTx, rows: Vec<topic_event::Model>) -> Result<(), ApiError> {
    let rows = rows.into_iter().map(|row| topic_event::ActiveModel::from(row).reset_all());
    topic_event::Entity::insert_many(rows).exec_without_returning(&**tx).await.internal("writing history")?;
    Ok(())
}

pub(super) async fn insert_merges(tx: &WriteTx, rows: Vec<topic_merge::Model>) -> Result<(), ApiError> {
    let rows = rows.into_iter().map(|row| topic_merge::ActiveModel::from(row).reset_all());
    topic_merge::Entity::insert_many(rows).exec_without_returning(&**tx).await.internal("logging a merge")?;
    Ok(())
}

/// How a merge ends.
pub(super) struct End<'a> {
    /// The version of the canonical topic from which on the other is no longer of its cluster.
    pub(super) version: i64,
    pub(super) at: Timestamp,
    pub(super) role: &'a str,
    pub(super) reason: &'a str,
}

/// Ends the merges into a canonical topic, of one topic or of all.
pub(super) async fn end_merges(tx: &WriteTx, canonical: TopicId, only: Option<TopicId>, end: End<'_>) -> Result<(), ApiError> {
    use topic_merge::Column as M;
    let mut update = topic_merge::Entity::update_many()
        .col_expr(M::UntilVersion, Expr::value(end.version))
        .col_expr(M::EndedAt, Expr::value(end.at))
        .col_expr(M::EndedRole, Expr::value(end.role))
        .col_expr(M::EndedReason, Expr::value(end.reason))
        .filter(M::CanonicalId.eq(canonical))
        .filter(M::UntilVersion.is_null());
    if let Some(topic) = only {
        update = update.filter(M::TopicId.eq(topic));
    }
    update.exec(&**tx).await.internal("ending merges")?;
    Ok(())
}

/// The topics that were of a cluster at that version or later, and have left it since.
pub(super) async fn here_since(tx: &WriteTx, canonical: TopicId, version: i64) -> Result<Vec<TopicId>, ApiError> {
    use topic_merge::Column as M;
    topic_merge::Entity::find()
        .select_only()
        .column(M::TopicId)
        .filter(M::CanonicalId.eq(canonical))
        .filter(M::UntilVersion.gt(version))
        .into_tuple()
        .all(&**tx)
        .await
        .internal("reading merges")
}

/// The merge of a topic that holds now.
pub(super) async fn open_merge(tx: &WriteTx, topic: TopicId) -> Result<Option<TopicMergeId>, ApiError> {
    use topic_merge::Column as M;
    let query = topic_merge::Entity::find().select_only().column(M::Id).filter(M::TopicId.eq(topic)).filter(M::UntilVersion.is_null());
    query.into_tuple().one(&**tx).await.internal("looking for a merge")
}

pub(super) async fn insert_reply(tx: &WriteTx, row: merge_reply::Model) -> Result<(), ApiError> {
    merge_reply::Entity::insert(merge_reply::ActiveModel::from(row).reset_all()).exec_without_returning(&**tx).await.internal("keeping a reply")?;
    Ok(())
}

/// What an account said to merges, oldest first.
pub(in super::super) async fn replies_of(cx: &Cx, account: AccountId) -> Result<Vec<merge_reply::Model>, ApiError> {
    merge_reply::Entity::find()
        .filter(merge_reply::Column::AccountId.eq(account))
        .order_by_asc(merge_reply::Column::Id)
        .all(cx.read())
        .await
        .internal("exporting replies")
}

/// The merges of each topic, into others and of others into it, oldest first.
pub(super) async fn merges_of(cx: &Cx, topics: &[TopicId]) -> Result<HashMap<TopicId, Vec<topic_merge::Model>>, ApiError> {
    use topic_merge::Column as M;
    let either = Condition::any().add(M::TopicId.is_in(topics.iter().copied())).add(M::CanonicalId.is_in(topics.iter().copied()));
    let rows = topic_merge::Entity::find().filter(either).order_by_asc(M::Id).all(cx.read()).await.internal("reading merges")?;
    let mut found: HashMap<TopicId, Vec<topic_merge::Model>> = HashMap::new();
    for row in rows {
        for topic in [row.topic_id, row.canonical_id].into_iter().filter(|topic| topics.contains(topic)) {
            found.entry(topic).or_default().push(row.clone());
        }
    }
    Ok(found)
}

/// The topics merged into each canonical one that everybody may read, oldest first.
pub(super) async fn public_merged(cx: &Cx, canonical: &[TopicId]) -> Result<HashMap<TopicId, Vec<topic::Model>>, ApiError> {
    let rows = topic::Entity::find()
        .filter(C::CanonicalId.is_in(canonical.iter().copied()))
        .filter(C::PublicSince.is_not_null())
        .order_by_asc(C::Id)
        .all(cx.read())
        .await
        .internal("reading merged topics")?;
    let mut found: HashMap<TopicId, Vec<topic::Model>> = HashMap::new();
    for row in rows {
        if let Some(canonical) = row.canonical_id {
            found.entry(canonical).or_default().push(row);
        }
    }
    Ok(found)
}

pub(super) async fn insert_proposal(tx: &WriteTx, row: merge_proposal::Model, topics: &[TopicId]) -> Result<(), ApiError> {
    let id = row.id;
    merge_proposal::Entity::insert(merge_proposal::ActiveModel::from(row).reset_all())
        .exec_without_returning(&**tx)
        .await
        .internal("proposing a merge")?;
    let rows = topics
        .iter()
        .map(|topic| merge_proposal_topic::ActiveModel::from(merge_proposal_topic::Model { proposal_id: id, topic_id: *topic }).reset_all());
    merge_proposal_topic::Entity::insert_many(rows).exec_without_returning(&**tx).await.internal("proposing a merge")?;
    Ok(())
}

/// Proposals the viewer may know of: of their general desk, and their own.
fn visible_to(viewer: &Viewer) -> Condition {
    let general = viewer.appointments.iter().filter(|held| held.role == Role::CommitteeStaff && held.desk == Some(Desk::General));
    let committees: Vec<OrganisationId> = general.map(|held| held.committee_id).collect();
    Condition::any().add(merge_proposal::Column::CommitteeId.is_in(committees)).add(merge_proposal::Column::ProposedBy.eq(viewer.account))
}

pub(super) async fn proposal(tx: &WriteTx, viewer: &Viewer, id: MergeProposalId) -> Result<Option<merge_proposal::Model>, ApiError> {
    merge_proposal::Entity::find_by_id(id).filter(visible_to(viewer)).lock(LockType::NoKeyUpdate).one(&**tx).await.internal("reading a proposal")
}

pub(super) async fn decide(
    tx: &WriteTx,
    id: MergeProposalId,
    decision: MergeDecision,
    note: Option<String>,
    by: AccountId,
    now: Timestamp,
) -> Result<(), ApiError> {
    use merge_proposal::Column as P;
    merge_proposal::Entity::update_many()
        .col_expr(P::Decision, Expr::value(decision))
        .col_expr(P::Note, Expr::value(note))
        .col_expr(P::DecidedBy, Expr::value(by))
        .col_expr(P::DecidedAt, Expr::value(now))
        .filter(P::Id.eq(id))
        .exec(&**tx)
        .await
        .internal("deciding a proposal")?;
    Ok(())
}

/// The topics each proposal wants merged.
pub(super) async fn proposed(db: &impl ConnectionTrait, ids: &[MergeProposalId]) -> Result<HashMap<MergeProposalId, Vec<TopicId>>, ApiError> {
    let rows = merge_proposal_topic::Entity::find()
        .filter(merge_proposal_topic::Column::ProposalId.is_in(ids.iter().copied()))
        .order_by_asc(merge_proposal_topic::Column::TopicId)
        .all(db)
        .await
        .internal("reading proposals")?;
    let mut found: HashMap<MergeProposalId, Vec<TopicId>> = HashMap::new();
    for row in rows {
        found.entry(row.proposal_id).or_default().push(row.topic_id);
    }
    Ok(found)
}

pub(in super::super) async fn proposals(cx: &Cx, viewer: &Viewer, open: bool, page: &Page) -> Result<Vec<merge_proposal::Model>, ApiError> {
    use merge_proposal::Column as P;
    let mut query = merge_proposal::Entity::find().filter(visible_to(viewer)).order_by_asc(P::Id).limit(page.limit());
    if open {
        query = query.filter(P::Decision.is_null());
    }
    if let Some([id]) = page.after::<1>() {
        query = query.filter(P::Id.gt(Gid::<MergeProposalId>::parse(id).map_or(MergeProposalId(uuid::Uuid::nil()), |id| id.0)));
    }
    query.all(cx.read()).await.internal("reading proposals")
}

pub(super) async fn proposals_by_id(cx: &Cx, ids: &[MergeProposalId]) -> Result<Vec<merge_proposal::Model>, ApiError> {
    let Some(viewer) = cx.viewer_if_any().await? else { return Ok(Vec::new()) };
    merge_proposal::Entity::find()
        .filter(merge_proposal::Column::Id.is_in(ids.iter().copied()))
        .filter(visible_to(viewer))
        .all(cx.read())
        .await
        .internal("reading proposals")
}

/// Of these topics those the viewer's desk answers for.
pub(super) async fn of_own_desk(tx: &WriteTx, viewer: &Viewer, ids: &[TopicId]) -> Result<Vec<TopicId>, ApiError> {
    let query = topic::Entity::find().select_only().column(C::Id).filter(C::Id.is_in(ids.iter().copied())).filter(of_desk(viewer));
    query.into_tuple().all(&**tx).await.internal("looking whose desk it is")
}
