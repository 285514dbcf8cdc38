//! Statements and votes: the only file that names those tables.
use crate::consultations::certificate::Counts;
use crate::kernel::{ApiError, Cx, OrInternal, WriteTx};
use sea_orm::{ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect};
use shangyi_entities::consultation_participant::{self, Column as P};
use shangyi_entities::consultation_statement::{self, Column as S};
use shangyi_entities::consultation_vote::{self, Column as V, VoteChoice};
use shangyi_entities::programme_version::Party;
use shangyi_entities::{AccountId, ConsultationId, ParticipantId, StatementId, VoteId};
use std::collections::HashMap;

/// The statements of each of those consultations, by number.
pub(in crate::consultations) async fn statements_of(
    cx: &Cx,
    ids: &[ConsultationId],
) -> Result<HashMap<ConsultationId, Vec<consultation_statement::Model>>, ApiError> {
    let query = consultation_statement::Entity::find().filter(S::ConsultationId.is_in(ids.iter().copied())).order_by_asc(S::Number);
    let mut found: HashMap<ConsultationId, Vec<consultation_statement::Model>> = HashMap::new();
    for row in query.all(cx.read()).await.internal("reading statements")? {
        found.entry(row.consultation_id).or_default().push(row);
    }
    Ok(found)
}

/// The number given last; 0 where there is no statement.
pub(super) async fn last_number(tx: &WriteTx, id: ConsultationId) -> Result<i64, ApiError> {
    let query = consultation_statement::Entity::find().select_only().column(S::Number).filter(S::ConsultationId.eq(id));
    let last: Option<i64> = query.order_by_desc(S::Number).into_tuple().one(&**tx).await.internal("looking for the last statement")?;
    Ok(last.unwrap_or(0))
}

/// Rule: `one_statement_per_number`; the consultation is locked.
pub(super) async fn insert_statement(tx: &WriteTx, row: consultation_statement::Model) -> Result<(), ApiError> {
    let row = consultation_statement::ActiveModel::from(row).reset_all();
    consultation_statement::Entity::insert(row).exec_without_returning(&**tx).await.internal("adding a statement")?;
    Ok(())
}

/// The consultation of a statement.
pub(super) async fn consultation_of(tx: &WriteTx, id: StatementId) -> Result<Option<ConsultationId>, ApiError> {
    let query = consultation_statement::Entity::find_by_id(id).select_only().column(S::ConsultationId);
    query.into_tuple().one(&**tx).await.internal("reading a statement to be voted on")
}

/// What a participant votes now on a statement.
pub(super) async fn last_vote(cx: &Cx, id: StatementId, account: AccountId) -> Result<Option<VoteChoice>, ApiError> {
    Ok(own(cx, account, &[id]).await?.remove(&id))
}

/// How many statements of a consultation a person has made.
pub(super) async fn made_by(tx: &WriteTx, id: ConsultationId, account: AccountId) -> Result<u64, ApiError> {
    let query = consultation_statement::Entity::find().filter(S::ConsultationId.eq(id)).filter(S::AccountId.eq(account));
    sea_orm::PaginatorTrait::count(query, &**tx).await.internal("counting one's statements")
}

/// Casts a vote. Rule: `votes_are_of_participants`.
pub(super) async fn insert_vote(tx: &WriteTx, row: consultation_vote::Model) -> Result<u64, DbErr> {
    consultation_vote::Entity::insert(consultation_vote::ActiveModel::from(row).reset_all()).exec_without_returning(&**tx).await
}

/// One vote that counts.
#[derive(FromQueryResult)]
struct Cast {
    statement_id: StatementId,
    participant_id: ParticipantId,
    choice: VoteChoice,
    party: Party,
}

/// The votes on those statements by party: of each participant the last one.
pub(in crate::consultations) async fn counts_of(cx: &Cx, ids: &[StatementId]) -> Result<HashMap<StatementId, Vec<Counts>>, ApiError> {
    let to_part = consultation_vote::Entity::belongs_to(consultation_participant::Entity).from(V::ParticipantId).to(P::Id);
    let cast = consultation_vote::Entity::find()
        .select_only()
        .columns([V::StatementId, V::ParticipantId, V::Choice])
        .column_as(P::Party, "party")
        .join(JoinType::InnerJoin, to_part.into())
        .filter(V::StatementId.is_in(ids.iter().copied()))
        .order_by_asc(V::Id)
        .into_model::<Cast>()
        .all(cx.read())
        .await
        .internal("counting votes")?;
    let mut last: HashMap<(StatementId, ParticipantId), (Party, VoteChoice)> = HashMap::new();
    for vote in cast {
        last.insert((vote.statement_id, vote.participant_id), (vote.party, vote.choice));
    }
    let mut found: HashMap<StatementId, Vec<Counts>> = HashMap::new();
    for ((statement, _), (party, choice)) in last {
        let parties = found.entry(statement).or_default();
        let at = parties.iter().position(|counts| counts.party == party).unwrap_or_else(|| {
            parties.push(Counts { party, agree: 0, disagree: 0, pass: 0 });
            parties.len() - 1
        });
        let counts = &mut parties[at];
        match choice {
            VoteChoice::Agree => counts.agree += 1,
            VoteChoice::Disagree => counts.disagree += 1,
            VoteChoice::Pass => counts.pass += 1,
        }
    }
    found.values_mut().for_each(|parties| parties.sort_unstable_by_key(|counts| counts.party));
    Ok(found)
}

/// What a person votes now on each of those statements.
pub(in crate::consultations) async fn own(cx: &Cx, account: AccountId, ids: &[StatementId]) -> Result<HashMap<StatementId, VoteChoice>, ApiError> {
    let query = consultation_vote::Entity::find().filter(V::StatementId.is_in(ids.iter().copied())).filter(V::AccountId.eq(account));
    let rows = query.order_by_asc(V::Id).all(cx.read()).await.internal("reading one's votes")?;
    Ok(rows.into_iter().map(|row| (row.statement_id, row.choice)).collect())
}

/// Everything a person stated and voted, the latest first; at most 1000 each.
pub(in crate::consultations) async fn said_by(
    cx: &Cx,
    account: AccountId,
) -> Result<(Vec<consultation_statement::Model>, Vec<consultation_vote::Model>), ApiError> {
    let statements = consultation_statement::Entity::find().filter(S::AccountId.eq(account)).order_by_desc(S::Id).limit(1000);
    let votes = consultation_vote::Entity::find().filter(V::AccountId.eq(account)).order_by_desc(V::Id).limit(1000);
    let statements = statements.all(cx.read()).await.internal("reading one's statements")?;
    Ok((statements, votes.all(cx.read()).await.internal("reading one's votes")?))
}

/// A new vote.
pub(super) fn vote(
    cx: &Cx,
    statement_id: StatementId,
    participant_id: ParticipantId,
    choice: VoteChoice,
    account_id: AccountId,
) -> consultation_vote::Model {
    let id: VoteId = cx.new_id();
    consultation_vote::Model { id, statement_id, participant_id, choice, at: cx.now(), account_id }
}
