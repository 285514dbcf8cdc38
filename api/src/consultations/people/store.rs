//! Who takes part, what they reply, who was there: the only file that names those tables.
use crate::kernel::{ApiError, Cx, OrInternal, WriteTx};
use sea_orm::sea_query::{LockType, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, SelectExt,
};
use shangyi_entities::consultation_participant::{self, Column as P};
use shangyi_entities::consultation_reply::{self, Column as R, ReplyState};
use shangyi_entities::consultation_sitting::SittingState;
use shangyi_entities::{
    AccountId, ConsultationId, OrganisationId, ParticipantId, SittingId, Timestamp, consultation_attendance, consultation_contribution,
    consultation_reply_event, consultation_seats, consultation_sitting,
};
use std::collections::{HashMap, HashSet};

/// Where reason and delegate of a reply belong.
pub(super) const REASON: &str = "consultation_replies.reason";
/// Who comes instead.
pub(super) const DELEGATE: &str = "consultation_replies.delegate";
/// What somebody said.
pub(super) const CONTRIBUTION: &str = "consultation_contributions.text";

/// The participants of each of those consultations, in the order in which they came to it.
pub(in crate::consultations) async fn of_many(
    db: &impl ConnectionTrait,
    ids: &[ConsultationId],
) -> Result<HashMap<ConsultationId, Vec<consultation_participant::Model>>, ApiError> {
    let query = consultation_participant::Entity::find().filter(P::ConsultationId.is_in(ids.iter().copied())).order_by_asc(P::Id);
    let mut found: HashMap<ConsultationId, Vec<consultation_participant::Model>> = HashMap::new();
    for row in query.all(db).await.internal("reading participants")? {
        found.entry(row.consultation_id).or_default().push(row);
    }
    Ok(found)
}

/// As what an account takes part, or one of the units it works for: its own part first.
pub(in crate::consultations) async fn part_of(
    db: &impl ConnectionTrait,
    id: ConsultationId,
    account: AccountId,
    units: &[OrganisationId],
) -> Result<Option<consultation_participant::Model>, ApiError> {
    let own = Condition::any().add(P::AccountId.eq(account)).add(P::UnitId.is_in(units.iter().copied()));
    let rows = consultation_participant::Entity::find().filter(P::ConsultationId.eq(id)).filter(own).order_by_asc(P::Id);
    let rows = rows.all(db).await.internal("looking for a participant")?;
    let own = rows.iter().find(|row| row.account_id == Some(account)).cloned();
    Ok(own.or_else(|| rows.into_iter().next()))
}

/// The participants of those ids.
pub(in crate::consultations) async fn by_ids(
    db: &impl ConnectionTrait,
    ids: &[ParticipantId],
) -> Result<Vec<consultation_participant::Model>, ApiError> {
    consultation_participant::Entity::find().filter(P::Id.is_in(ids.iter().copied())).all(db).await.internal("reading participants")
}

/// Rules: `parties_are_fixed`, `one_part_per_person`, `one_part_per_unit`.
pub(super) async fn insert(tx: &WriteTx, row: consultation_participant::Model) -> Result<u64, DbErr> {
    consultation_participant::Entity::insert(consultation_participant::ActiveModel::from(row).reset_all()).exec_without_returning(&**tx).await
}

/// How many take part.
pub(super) async fn count(tx: &WriteTx, id: ConsultationId) -> Result<u64, ApiError> {
    consultation_participant::Entity::find().filter(P::ConsultationId.eq(id)).count(&**tx).await.internal("counting participants")
}

/// The seats of a sitting, locked: whoever replies comes this way.
pub(in crate::consultations) async fn seats_locked(tx: &WriteTx, id: SittingId) -> Result<consultation_seats::Model, ApiError> {
    let row = consultation_seats::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(&**tx).await.internal("reading seats")?;
    row.ok_or_else(|| ApiError::broken("a sitting without seats"))
}

/// The seats of those sittings.
pub(in crate::consultations) async fn seats_of(cx: &Cx, ids: &[SittingId]) -> Result<Vec<consultation_seats::Model>, ApiError> {
    let query = consultation_seats::Entity::find().filter(consultation_seats::Column::SittingId.is_in(ids.iter().copied()));
    query.all(cx.read()).await.internal("reading seats")
}

/// Notes the number that was given last.
pub(super) async fn number_given(tx: &WriteTx, id: SittingId, number: i64) -> Result<(), ApiError> {
    consultation_seats::Entity::update_many()
        .col_expr(consultation_seats::Column::LastNumber, number.into())
        .filter(consultation_seats::Column::SittingId.eq(id))
        .exec(&**tx)
        .await
        .internal("giving a number")?;
    Ok(())
}

/// What a participant says to a sitting.
pub(super) async fn reply(tx: &WriteTx, part: ParticipantId, sitting: SittingId) -> Result<Option<consultation_reply::Model>, ApiError> {
    consultation_reply::Entity::find_by_id((part, sitting)).one(&**tx).await.internal("reading a reply")
}

/// What was said to a sitting, in some states; by number, then by participant.
pub(super) async fn replies_to(tx: &WriteTx, sitting: SittingId, states: &[ReplyState]) -> Result<Vec<consultation_reply::Model>, ApiError> {
    consultation_reply::Entity::find()
        .filter(R::SittingId.eq(sitting))
        .filter(R::State.is_in(states.iter().copied()))
        .order_by_asc(R::Number)
        .order_by_asc(R::ParticipantId)
        .all(&**tx)
        .await
        .internal("reading replies")
}

/// The first who wait for a seat.
pub(super) async fn first_waiting(tx: &WriteTx, sitting: SittingId, most: u64) -> Result<Vec<consultation_reply::Model>, ApiError> {
    let query = consultation_reply::Entity::find().filter(R::SittingId.eq(sitting)).filter(R::State.eq(ReplyState::Waiting));
    query.order_by_asc(R::Number).limit(most).all(&**tx).await.internal("reading who waits")
}

/// Everything the participants of those consultations reply.
pub(in crate::consultations) async fn replies_of(cx: &Cx, ids: &[ConsultationId]) -> Result<Vec<consultation_reply::Model>, ApiError> {
    use consultation_sitting::Column as S;
    let sittings =
        Query::select().column(S::Id).from(consultation_sitting::Entity).and_where(S::ConsultationId.is_in(ids.iter().copied())).to_owned();
    let query = consultation_reply::Entity::find().filter(R::SittingId.in_subquery(sittings)).order_by_asc(R::ChangedAt);
    query.all(cx.read()).await.internal("reading replies")
}

/// Writes a reply with its next version, and remembers it. Rule: `sitting_is_full`.
pub(super) async fn put(tx: &WriteTx, row: consultation_reply::Model, by: Option<AccountId>) -> Result<u64, DbErr> {
    let event = consultation_reply_event::Model {
        participant_id: row.participant_id,
        sitting_id: row.sitting_id,
        version: row.version,
        at: row.changed_at,
        state: row.state,
        account_id: by,
    };
    if row.version == 1 {
        consultation_reply::Entity::insert(consultation_reply::ActiveModel::from(row).reset_all()).exec_without_returning(&**tx).await?;
    } else {
        let (part, sitting) = (row.participant_id, row.sitting_id);
        let changes = consultation_reply::ActiveModel::from(row).reset_all();
        let changes =
            consultation_reply::ActiveModel { participant_id: sea_orm::ActiveValue::NotSet, sitting_id: sea_orm::ActiveValue::NotSet, ..changes };
        let query = consultation_reply::Entity::update_many().set(changes).filter(R::ParticipantId.eq(part)).filter(R::SittingId.eq(sitting));
        query.exec(&**tx).await?;
    }
    let event = consultation_reply_event::ActiveModel::from(event).reset_all();
    consultation_reply_event::Entity::insert(event).exec_without_returning(&**tx).await
}

/// Asks many to a sitting that they have said nothing to; two statements a thousand.
pub(super) async fn ask(tx: &WriteTx, cx: &Cx, sitting: SittingId, parts: &[consultation_participant::Model]) -> Result<(), ApiError> {
    for parts in parts.chunks(1000) {
        let reply = |part: &consultation_participant::Model| consultation_reply::Model {
            participant_id: part.id,
            sitting_id: sitting,
            state: ReplyState::Asked,
            version: 1,
            holds_subject: None,
            number: None,
            offer_expires_at: None,
            said_by: None,
            reason_enc: None,
            delegate_enc: None,
            changed_at: cx.now(),
        };
        let event = |part: &consultation_participant::Model| consultation_reply_event::Model {
            participant_id: part.id,
            sitting_id: sitting,
            version: 1,
            at: cx.now(),
            state: ReplyState::Asked,
            account_id: cx.account_if_any(),
        };
        let rows = parts.iter().map(|part| consultation_reply::ActiveModel::from(reply(part)).reset_all());
        consultation_reply::Entity::insert_many(rows).exec_without_returning(&**tx).await.internal("asking to a sitting")?;
        let rows = parts.iter().map(|part| consultation_reply_event::ActiveModel::from(event(part)).reset_all());
        consultation_reply_event::Entity::insert_many(rows).exec_without_returning(&**tx).await.internal("asking to a sitting")?;
    }
    Ok(())
}

/// Sittings in which offers are over.
pub(super) async fn offers_over(cx: &Cx, most: u64) -> Result<Vec<SittingId>, ApiError> {
    consultation_reply::Entity::find()
        .select_only()
        .column(R::SittingId)
        .distinct()
        .filter(R::State.eq(ReplyState::Offered))
        .filter(R::OfferExpiresAt.lte(cx.now()))
        .limit(most)
        .into_tuple()
        .all(cx.read())
        .await
        .internal("looking for offers that are over")
}

/// What a person has ahead of them: seats, and places in line.
pub(super) async fn live_of(tx: &WriteTx, account: AccountId) -> Result<Vec<consultation_reply::Model>, ApiError> {
    let theirs = Query::select().column(P::Id).from(consultation_participant::Entity).and_where(P::AccountId.eq(account)).to_owned();
    let live = [ReplyState::Asked, ReplyState::Attending, ReplyState::Delegated, ReplyState::Waiting, ReplyState::Offered];
    let query = consultation_reply::Entity::find().filter(R::ParticipantId.in_subquery(theirs)).filter(R::State.is_in(live));
    query.order_by_asc(R::SittingId).all(&**tx).await.internal("reading one's replies")
}

/// Enters whether somebody was there; the last word counts.
pub(super) async fn attend(tx: &WriteTx, row: consultation_attendance::Model) -> Result<(), ApiError> {
    let row = consultation_attendance::ActiveModel::from(row).reset_all();
    consultation_attendance::Entity::insert(row).exec_without_returning(&**tx).await.internal("recording attendance")?;
    Ok(())
}

/// Whether each of those participants was at the sitting, and by the how-manieth word.
pub(super) async fn present_at(tx: &WriteTx, sitting: SittingId) -> Result<HashMap<ParticipantId, (i64, bool)>, ApiError> {
    use consultation_attendance::Column as A;
    let rows = consultation_attendance::Entity::find().filter(A::SittingId.eq(sitting)).order_by_asc(A::Number).all(&**tx);
    Ok(rows.await.internal("reading attendance")?.into_iter().map(|row| (row.participant_id, (row.number, row.present))).collect())
}

/// Whether a participant was at a sitting that was held, by the last word on each.
pub(in crate::consultations) async fn was_there(db: &impl ConnectionTrait, part: ParticipantId) -> Result<bool, ApiError> {
    use consultation_attendance::Column as A;
    let rows = consultation_attendance::Entity::find().filter(A::ParticipantId.eq(part)).filter(A::SittingId.in_subquery(held()));
    let rows = rows.order_by_asc(A::Number).all(db).await.internal("reading attendance")?;
    let last: HashMap<SittingId, bool> = rows.into_iter().map(|row| (row.sitting_id, row.present)).collect();
    Ok(last.into_values().any(|present| present))
}

/// Sittings that were held: who stood at the door of one that was moved or given back was not there.
fn held() -> sea_orm::sea_query::SelectStatement {
    use consultation_sitting::Column as S;
    Query::select().column(S::Id).from(consultation_sitting::Entity).and_where(S::State.eq(SittingState::Held)).to_owned()
}

/// Those of these sittings at which somebody was, by the last word on each person.
pub(in crate::consultations) async fn attended(db: &impl ConnectionTrait, sittings: &[SittingId]) -> Result<HashSet<SittingId>, ApiError> {
    if sittings.is_empty() {
        return Ok(HashSet::new());
    }
    use consultation_attendance::Column as A;
    let rows = consultation_attendance::Entity::find().filter(A::SittingId.is_in(sittings.iter().copied())).order_by_asc(A::Number).all(db);
    let rows = rows.await.internal("reading attendance")?;
    let last: HashMap<(SittingId, ParticipantId), bool> = rows.into_iter().map(|row| ((row.sitting_id, row.participant_id), row.present)).collect();
    Ok(last.into_iter().filter(|(_, present)| *present).map(|((sitting, _), _)| sitting).collect())
}

/// Who was at which sitting of those consultations, by the last word on each.
pub(in crate::consultations) async fn presence(
    db: &impl ConnectionTrait,
    ids: &[ConsultationId],
) -> Result<HashMap<ConsultationId, HashSet<(SittingId, ParticipantId)>>, ApiError> {
    use consultation_attendance::Column as A;
    use consultation_sitting::Column as S;
    let of: Vec<(SittingId, ConsultationId)> = consultation_sitting::Entity::find()
        .select_only()
        .columns([S::Id, S::ConsultationId])
        .filter(S::ConsultationId.is_in(ids.iter().copied()))
        .filter(S::State.eq(SittingState::Held))
        .into_tuple()
        .all(db)
        .await
        .internal("reading sittings")?;
    let of: HashMap<SittingId, ConsultationId> = of.into_iter().collect();
    let mut found: HashMap<ConsultationId, HashSet<(SittingId, ParticipantId)>> = HashMap::new();
    let query = consultation_attendance::Entity::find().filter(A::SittingId.is_in(of.keys().copied())).order_by_asc(A::Number);
    for row in query.all(db).await.internal("reading attendance")? {
        let Some(consultation) = of.get(&row.sitting_id) else { continue };
        let there = found.entry(*consultation).or_default();
        let key = (row.sitting_id, row.participant_id);
        if row.present {
            there.insert(key)
        } else {
            there.remove(&key)
        };
    }
    Ok(found)
}

/// Enters what somebody said.
pub(super) async fn insert_contribution(tx: &WriteTx, row: consultation_contribution::Model) -> Result<(), ApiError> {
    let row = consultation_contribution::ActiveModel::from(row).reset_all();
    consultation_contribution::Entity::insert(row).exec_without_returning(&**tx).await.internal("entering a contribution")?;
    Ok(())
}

/// What was said in those consultations, in order.
pub(in crate::consultations) async fn contributions_of(
    cx: &Cx,
    ids: &[ConsultationId],
) -> Result<HashMap<ConsultationId, Vec<consultation_contribution::Model>>, ApiError> {
    use consultation_contribution::Column as C;
    let query = consultation_contribution::Entity::find().filter(C::ConsultationId.is_in(ids.iter().copied())).order_by_asc(C::Id);
    let mut found: HashMap<ConsultationId, Vec<consultation_contribution::Model>> = HashMap::new();
    for row in query.all(cx.read()).await.internal("reading contributions")? {
        found.entry(row.consultation_id).or_default().push(row);
    }
    Ok(found)
}

/// Everything a person took part in, the latest first; at most 1000.
pub(in crate::consultations) async fn parts_of(cx: &Cx, account: AccountId) -> Result<Vec<consultation_participant::Model>, ApiError> {
    let query = consultation_participant::Entity::find().filter(P::AccountId.eq(account)).order_by_desc(P::Id).limit(1000);
    query.all(cx.read()).await.internal("reading one's parts")
}

/// Sittings that a person attends between two moments, or has; for their calendar.
pub(in crate::consultations) async fn attending(
    cx: &Cx,
    account: AccountId,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<consultation_sitting::Model>, ApiError> {
    use consultation_sitting::Column as S;
    let theirs = Query::select().column(P::Id).from(consultation_participant::Entity).and_where(P::AccountId.eq(account)).to_owned();
    let replied = Query::select()
        .column(R::SittingId)
        .from(consultation_reply::Entity)
        .and_where(R::ParticipantId.in_subquery(theirs))
        .and_where(R::State.is_in([ReplyState::Attending, ReplyState::GivenBack]))
        .to_owned();
    let query = consultation_sitting::Entity::find().filter(S::Id.in_subquery(replied)).filter(S::FromAt.gte(from)).filter(S::FromAt.lt(until));
    query.all(cx.read()).await.internal("reading one's sittings")
}

/// Whether a person takes part in a consultation, however.
pub(in crate::consultations) async fn takes_part(db: &impl ConnectionTrait, id: ConsultationId, account: AccountId) -> Result<bool, ApiError> {
    let query = consultation_participant::Entity::find().filter(P::ConsultationId.eq(id)).filter(P::AccountId.eq(account));
    query.exists(db).await.internal("looking for a participant")
}

/// Whether a unit takes part in a consultation.
pub(super) async fn part_of_unit(tx: &WriteTx, id: ConsultationId, unit: OrganisationId) -> Result<bool, ApiError> {
    let query = consultation_participant::Entity::find().filter(P::ConsultationId.eq(id)).filter(P::UnitId.eq(unit));
    query.exists(&**tx).await.internal("looking for a unit")
}
