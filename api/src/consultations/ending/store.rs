//! Reports, instructions, evaluators and ratings: the only file that names those tables.
use crate::kernel::{ApiError, Cx, OrInternal, WriteTx};
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, SelectExt};
use shangyi_entities::consultation_evaluation::{self, Column as E};
use shangyi_entities::consultation_instruction::{self, Column as I};
use shangyi_entities::{AccountId, ConsultationId, EvaluationId, consultation_evaluation_answer, consultation_evaluator, consultation_report};
use std::collections::{HashMap, HashSet};

/// Where the comment of a rating belongs.
pub(in crate::consultations) const COMMENT: &str = "consultation_evaluations.comment";

pub(super) async fn insert_recipients(tx: &WriteTx, rows: Vec<consultation_report::Model>) -> Result<(), ApiError> {
    let rows = rows.into_iter().map(|row| consultation_report::ActiveModel::from(row).reset_all());
    consultation_report::Entity::insert_many(rows).exec_without_returning(&**tx).await.internal("naming recipients")?;
    Ok(())
}

/// Who reported a consultation.
pub(in crate::consultations) async fn reporters(tx: &WriteTx, id: ConsultationId) -> Result<Vec<AccountId>, ApiError> {
    use consultation_report::Column as R;
    let query = consultation_report::Entity::find().select_only().column(R::AccountId).distinct().filter(R::ConsultationId.eq(id));
    query.into_tuple().all(&**tx).await.internal("reading who reported")
}

/// To whom each of those consultations was reported, in order.
pub(in crate::consultations) async fn recipients_of(cx: &Cx, ids: &[ConsultationId]) -> Result<HashMap<ConsultationId, Vec<String>>, ApiError> {
    use consultation_report::Column as R;
    let query = consultation_report::Entity::find().filter(R::ConsultationId.is_in(ids.iter().copied())).order_by_asc(R::Number);
    let mut found: HashMap<ConsultationId, Vec<String>> = HashMap::new();
    for row in query.all(cx.read()).await.internal("reading recipients")? {
        found.entry(row.consultation_id).or_default().push(row.recipient);
    }
    Ok(found)
}

pub(super) async fn insert_instruction(tx: &WriteTx, row: consultation_instruction::Model) -> Result<(), ApiError> {
    let row = consultation_instruction::ActiveModel::from(row).reset_all();
    consultation_instruction::Entity::insert(row).exec_without_returning(&**tx).await.internal("recording an instruction")?;
    Ok(())
}

/// What leaders wrote on each of those consultations, the first one first.
pub(in crate::consultations) async fn instructions_of(
    cx: &Cx,
    ids: &[ConsultationId],
) -> Result<HashMap<ConsultationId, Vec<consultation_instruction::Model>>, ApiError> {
    let query = consultation_instruction::Entity::find().filter(I::ConsultationId.is_in(ids.iter().copied())).order_by_asc(I::Id);
    let mut found: HashMap<ConsultationId, Vec<consultation_instruction::Model>> = HashMap::new();
    for row in query.all(cx.read()).await.internal("reading instructions")? {
        found.entry(row.consultation_id).or_default().push(row);
    }
    Ok(found)
}

pub(super) async fn insert_evaluator(tx: &WriteTx, row: consultation_evaluator::Model) -> Result<(), ApiError> {
    let row = consultation_evaluator::ActiveModel::from(row).reset_all();
    let conflict = sea_orm::sea_query::OnConflict::new().do_nothing().to_owned();
    consultation_evaluator::Entity::insert(row).on_conflict(conflict).exec_without_returning(&**tx).await.internal("naming an evaluator")?;
    Ok(())
}

/// Whether the account evaluates the consultation from outside.
pub(in crate::consultations) async fn is_evaluator(db: &impl ConnectionTrait, id: ConsultationId, account: AccountId) -> Result<bool, ApiError> {
    let query = consultation_evaluator::Entity::find_by_id((id, account));
    query.exists(db).await.internal("looking for an evaluator")
}

/// Those of these consultations that the account evaluates from outside.
pub(in crate::consultations) async fn evaluated_by(
    db: &impl ConnectionTrait,
    ids: &[ConsultationId],
    account: AccountId,
) -> Result<Vec<ConsultationId>, ApiError> {
    use consultation_evaluator::Column as V;
    let query = consultation_evaluator::Entity::find().select_only().column(V::ConsultationId).filter(V::ConsultationId.is_in(ids.iter().copied()));
    query.filter(V::AccountId.eq(account)).into_tuple().all(db).await.internal("looking for evaluators")
}

/// Rule: `evaluated_once`.
pub(super) async fn insert_evaluation(tx: &WriteTx, row: consultation_evaluation::Model, stars: &[i64]) -> Result<u64, DbErr> {
    let evaluation_id = row.id;
    let row = consultation_evaluation::ActiveModel::from(row).reset_all();
    let written = consultation_evaluation::Entity::insert(row).exec_without_returning(&**tx).await?;
    let rows = stars.iter().zip(1..).map(|(stars, number)| {
        let row = consultation_evaluation_answer::Model { evaluation_id, number, stars: *stars };
        consultation_evaluation_answer::ActiveModel::from(row).reset_all()
    });
    consultation_evaluation_answer::Entity::insert_many(rows).exec_without_returning(&**tx).await?;
    Ok(written)
}

/// Whether the account has rated the consultation in that round.
pub(in crate::consultations) async fn has_rated(
    db: &impl ConnectionTrait,
    (id, round): (ConsultationId, i64),
    account: AccountId,
) -> Result<bool, ApiError> {
    let query = consultation_evaluation::Entity::find().filter(E::ConsultationId.eq(id)).filter(E::Round.eq(round)).filter(E::AccountId.eq(account));
    query.exists(db).await.internal("looking for a rating")
}

/// Those of these consultations that somebody rated in their round who does not organise them.
pub(in crate::consultations) async fn rated_from_outside(
    db: &impl ConnectionTrait,
    rounds: &[(ConsultationId, i64)],
) -> Result<HashSet<ConsultationId>, ApiError> {
    if rounds.is_empty() {
        return Ok(HashSet::new());
    }
    let any =
        rounds.iter().fold(Condition::any(), |any, (id, round)| any.add(Condition::all().add(E::ConsultationId.eq(*id)).add(E::Round.eq(*round))));
    let query = consultation_evaluation::Entity::find().select_only().column(E::ConsultationId).distinct().filter(any).filter(E::Outside.eq(true));
    let found: Vec<ConsultationId> = query.into_tuple().all(db).await.internal("looking for ratings")?;
    Ok(found.into_iter().collect())
}

/// A rating with its answers by number.
pub(in crate::consultations) type Rating = (consultation_evaluation::Model, Vec<(i64, i64)>);

/// The ratings of each of those consultations, all rounds.
pub(in crate::consultations) async fn ratings_of(cx: &Cx, ids: &[ConsultationId]) -> Result<HashMap<ConsultationId, Vec<Rating>>, ApiError> {
    use consultation_evaluation_answer::Column as A;
    let rows = consultation_evaluation::Entity::find().filter(E::ConsultationId.is_in(ids.iter().copied())).order_by_asc(E::Id).all(cx.read());
    let rows = rows.await.internal("reading ratings")?;
    let ids: Vec<EvaluationId> = rows.iter().map(|row| row.id).collect();
    let answers = consultation_evaluation_answer::Entity::find().filter(A::EvaluationId.is_in(ids)).order_by_asc(A::Number).all(cx.read());
    let mut given: HashMap<EvaluationId, Vec<(i64, i64)>> = HashMap::new();
    for answer in answers.await.internal("reading answers")? {
        given.entry(answer.evaluation_id).or_default().push((answer.number, answer.stars));
    }
    let mut found: HashMap<ConsultationId, Vec<Rating>> = HashMap::new();
    for row in rows {
        let answers = given.remove(&row.id).unwrap_or_default();
        found.entry(row.consultation_id).or_default().push((row, answers));
    }
    Ok(found)
}

/// What a person rated, the latest first; at most 1000.
pub(in crate::consultations) async fn rated_by(cx: &Cx, account: AccountId) -> Result<Vec<consultation_evaluation::Model>, ApiError> {
    let query = consultation_evaluation::Entity::find().filter(E::AccountId.eq(account)).order_by_desc(E::Id).limit(1000);
    query.all(cx.read()).await.internal("reading one's ratings")
}
