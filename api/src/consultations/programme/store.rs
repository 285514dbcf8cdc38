//! Programmes and their versions: the only file that names those tables.
use super::content::Content;
use crate::kernel::{ApiError, Cx, OrInternal, WriteTx};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, SelectExt};
use shangyi_entities::{
    AccountId, OrganisationId, ProgrammeId, ProgrammeVersionId, programme, programme_party, programme_question, programme_version,
};
use std::collections::HashMap;

/// A version with what belongs to it.
#[derive(Clone, Debug)]
pub(in crate::consultations) struct Whole {
    pub(in crate::consultations) row: programme_version::Model,
    pub(in crate::consultations) parties: Vec<programme_version::Party>,
    pub(in crate::consultations) questions: Vec<String>,
}

/// The programmes of those ids.
pub(in crate::consultations) async fn by_ids(cx: &Cx, ids: &[ProgrammeId]) -> Result<Vec<programme::Model>, ApiError> {
    programme::Entity::find().filter(programme::Column::Id.is_in(ids.iter().copied())).all(cx.read()).await.internal("reading programmes")
}

/// Whether there is any.
pub(in crate::consultations) async fn any(db: &impl ConnectionTrait) -> Result<bool, ApiError> {
    programme::Entity::find().exists(db).await.internal("looking for programmes")
}

/// All of a committee, the oldest first: a few dozen at most.
pub(in crate::consultations) async fn of_committee(cx: &Cx, committee: OrganisationId) -> Result<Vec<programme::Model>, ApiError> {
    programme::Entity::find()
        .filter(programme::Column::CommitteeId.eq(committee))
        .order_by_asc(programme::Column::Id)
        .all(cx.read())
        .await
        .internal("reading programmes")
}

/// All versions of those programmes, whole, by number: three statements.
pub(in crate::consultations) async fn versions_of(cx: &Cx, ids: &[ProgrammeId]) -> Result<HashMap<ProgrammeId, Vec<Whole>>, ApiError> {
    use programme_version::Column as C;
    let rows = programme_version::Entity::find()
        .filter(C::ProgrammeId.is_in(ids.iter().copied()))
        .order_by_asc(C::Number)
        .all(cx.read())
        .await
        .internal("reading versions of programmes")?;
    let mut found: HashMap<ProgrammeId, Vec<Whole>> = HashMap::new();
    for whole in whole(cx, rows).await? {
        found.entry(whole.row.programme_id).or_default().push(whole);
    }
    Ok(found)
}

/// The row of one version.
pub(in crate::consultations) async fn version(
    db: &impl ConnectionTrait,
    programme: ProgrammeId,
    number: i64,
) -> Result<Option<programme_version::Model>, ApiError> {
    use programme_version::Column as C;
    let query = programme_version::Entity::find().filter(C::ProgrammeId.eq(programme)).filter(C::Number.eq(number));
    query.one(db).await.internal("reading a version")
}

/// As what people take part by one version.
pub(in crate::consultations) async fn parties_of(cx: &Cx, id: ProgrammeVersionId) -> Result<Vec<programme_version::Party>, ApiError> {
    let query = programme_party::Entity::find().filter(programme_party::Column::VersionId.eq(id));
    let mut parties: Vec<_> = query.all(cx.read()).await.internal("reading parties of a programme")?.into_iter().map(|row| row.party).collect();
    parties.sort_unstable();
    Ok(parties)
}

async fn whole(cx: &Cx, rows: Vec<programme_version::Model>) -> Result<Vec<Whole>, ApiError> {
    let ids: Vec<ProgrammeVersionId> = rows.iter().map(|row| row.id).collect();
    let mut parties: HashMap<ProgrammeVersionId, Vec<programme_version::Party>> = HashMap::new();
    let found = programme_party::Entity::find().filter(programme_party::Column::VersionId.is_in(ids.iter().copied())).all(cx.read()).await;
    for row in found.internal("reading parties of programmes")? {
        parties.entry(row.version_id).or_default().push(row.party);
    }
    let mut questions: HashMap<ProgrammeVersionId, Vec<String>> = HashMap::new();
    let found = programme_question::Entity::find()
        .filter(programme_question::Column::VersionId.is_in(ids))
        .order_by_asc(programme_question::Column::Number)
        .all(cx.read())
        .await;
    for row in found.internal("reading questions of programmes")? {
        questions.entry(row.version_id).or_default().push(row.text);
    }
    let one = |row: programme_version::Model| {
        let mut parties = parties.remove(&row.id).unwrap_or_default();
        parties.sort_unstable();
        Whole { questions: questions.remove(&row.id).unwrap_or_default(), parties, row }
    };
    Ok(rows.into_iter().map(one).collect())
}

/// Rule: `one_programme_per_name`.
pub(super) async fn insert(tx: &WriteTx, row: programme::Model) -> Result<(), DbErr> {
    programme::Entity::insert(programme::ActiveModel::from(row).reset_all()).exec_without_returning(&**tx).await.map(|_| ())
}

/// Goes on to the next number from one; whether it was that one. Rule: `one_programme_per_name`.
pub(super) async fn advance(tx: &WriteTx, id: ProgrammeId, from: i64, name: &str) -> Result<bool, DbErr> {
    use programme::Column as C;
    use sea_orm::sea_query::Expr;
    let update = programme::Entity::update_many()
        .col_expr(C::Number, Expr::value(from.saturating_add(1)))
        .col_expr(C::Name, Expr::value(name))
        .filter(C::Id.eq(id))
        .filter(C::Number.eq(from));
    Ok(update.exec(&**tx).await?.rows_affected == 1)
}

/// Writes a version with its parties and questions.
pub(super) async fn insert_version(
    tx: &WriteTx,
    cx: &Cx,
    (programme_id, number): (ProgrammeId, i64),
    content: &Content,
    by: AccountId,
) -> Result<(), ApiError> {
    let id: ProgrammeVersionId = cx.new_id();
    let row = programme_version::Model {
        id,
        programme_id,
        number,
        name: content.name.clone(),
        level: content.level,
        selected_by: content.selected_by,
        led_by: content.led_by,
        notice_days: content.notice_days,
        share_percent: content.share_percent,
        quota: content.quota.map(|quota| quota.count),
        quota_period: content.quota.map(|quota| quota.period),
        threshold_numerator: content.threshold.numerator,
        threshold_denominator: content.threshold.denominator,
        note: content.note.clone(),
        published_at: cx.now(),
        published_by: by,
    };
    let row = programme_version::ActiveModel::from(row).reset_all();
    programme_version::Entity::insert(row).exec_without_returning(&**tx).await.internal("writing a version")?;
    let parties =
        content.parties.iter().map(|party| programme_party::ActiveModel::from(programme_party::Model { version_id: id, party: *party }).reset_all());
    programme_party::Entity::insert_many(parties).exec_without_returning(&**tx).await.internal("writing parties")?;
    let questions = content.questions.iter().zip(1..).map(|(text, number)| {
        programme_question::ActiveModel::from(programme_question::Model { version_id: id, number, text: text.clone() }).reset_all()
    });
    let questions: Vec<_> = questions.collect();
    if !questions.is_empty() {
        programme_question::Entity::insert_many(questions).exec_without_returning(&**tx).await.internal("writing questions")?;
    }
    Ok(())
}

/// How many questions a version asks.
pub(in crate::consultations) async fn questions(tx: &WriteTx, id: ProgrammeVersionId) -> Result<usize, ApiError> {
    use sea_orm::PaginatorTrait;
    use shangyi_entities::programme_question::{self, Column as Q};
    let count = programme_question::Entity::find().filter(Q::VersionId.eq(id)).count(&**tx).await.internal("counting questions")?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}
