//! Hand-overs and what hangs on them: the only file that names those tables.
use crate::calendar::deadlines;
use crate::kernel::pages::Page;
use crate::kernel::viewer::{Viewer, in_force};
use crate::kernel::{ApiError, Cx, Gid, OrInternal, WriteTx};
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use shangyi_entities::appointment::{self, Desk, Role};
use shangyi_entities::deadline::DeadlineKind;
use shangyi_entities::hand_over::{self, HandOverState};
use shangyi_entities::{AccountId, HandOverId, OrganisationId, Timestamp, hand_over_event, hand_over_rating};
use std::collections::HashMap;
use uuid::Uuid;

/// Where the comment of a rating is sealed.
pub(super) const COMMENT: &str = "hand_over_ratings.comment";

/// Hand-overs that the viewer's desk has given.
fn of_desk(viewer: &Viewer) -> Condition {
    use hand_over::Column as C;
    let mut any = Condition::any();
    for held in &viewer.appointments {
        let committee = C::CommitteeId.eq(held.committee_id);
        match (held.role, held.desk, held.street()) {
            (Role::CommitteeStaff, Some(Desk::General), _) => any = any.add(committee),
            (_, _, Some(code)) => any = any.add(Condition::all().add(committee).add(crate::organisation::in_subtree(C::DivisionCode, code))),
            _ => {}
        }
    }
    if any.is_empty() { Condition::any().add(Expr::value(false)) } else { any }
}

/// What is open: the words stand in the text, as they do in the index.
const OPEN: &str = "\"hand_overs\".\"state\" IN ('GIVEN', 'ACCEPTED')";

/// A page of what was given to the viewer's own units or by their desk, oldest first.
pub(super) async fn board(
    cx: &Cx,
    viewer: &Viewer,
    own: &[OrganisationId],
    unit: Option<OrganisationId>,
    overdue: bool,
    state: Option<HandOverState>,
    page: &Page,
) -> Result<Vec<hand_over::Model>, ApiError> {
    use hand_over::Column as C;
    let theirs = Condition::any().add(C::UnitId.is_in(own.iter().copied())).add(of_desk(viewer));
    let mut query = hand_over::Entity::find().filter(theirs).order_by_asc(C::Id).limit(page.limit());
    if let Some(unit) = unit {
        query = query.filter(C::UnitId.eq(unit));
    }
    if let Some(state) = state {
        query = query.filter(C::State.eq(state));
    }
    if overdue {
        // Accepting closes the clock of the answer.
        let late = deadlines::due_before(&[DeadlineKind::HandOverAnswer, DeadlineKind::HandOverReply], cx.now());
        query = query.filter(Expr::cust(OPEN)).filter(Condition::any().add(C::Id.in_subquery(late)).add(C::DueAt.lte(cx.now())));
    }
    if let Some(id) = page.after::<1>().and_then(|[id]| Gid::<HandOverId>::parse(id)) {
        query = query.filter(C::Id.gt(id.0));
    }
    query.all(cx.read()).await.internal("reading hand-overs")
}

/// Those of these things that were given to one of these units, and not returned by it.
pub(super) async fn given_to(cx: &Cx, units: &[OrganisationId], subjects: &[Uuid]) -> Result<Vec<Uuid>, ApiError> {
    use hand_over::Column as C;
    hand_over::Entity::find()
        .select_only()
        .column(C::SubjectId)
        .filter(C::SubjectId.is_in(subjects.iter().copied()))
        .filter(C::UnitId.is_in(units.iter().copied()))
        .filter(C::State.is_in([HandOverState::Given, HandOverState::Accepted, HandOverState::Replied]))
        .into_tuple()
        .all(cx.read())
        .await
        .internal("reading what units were given")
}

/// Open ones of a desk whose time has passed, oldest first; at most 100.
pub(super) async fn overdue_in(cx: &Cx, committee: OrganisationId, division: &str) -> Result<Vec<hand_over::Model>, ApiError> {
    use hand_over::Column as C;
    hand_over::Entity::find()
        .filter(C::CommitteeId.eq(committee))
        .filter(crate::organisation::in_subtree(C::DivisionCode, division))
        .filter(Expr::cust(OPEN))
        .filter(
            Condition::any()
                .add(C::Id.in_subquery(deadlines::due_before(&[DeadlineKind::HandOverAnswer, DeadlineKind::HandOverReply], cx.now())))
                .add(C::DueAt.lte(cx.now())),
        )
        .order_by_asc(C::Id)
        .limit(100)
        .all(cx.read())
        .await
        .internal("reading overdue hand-overs")
}

/// The hand-overs of those ids, whoever may know of them.
pub(super) async fn by_ids(cx: &Cx, ids: &[HandOverId]) -> Result<Vec<hand_over::Model>, ApiError> {
    hand_over::Entity::find().filter(hand_over::Column::Id.is_in(ids.iter().copied())).all(cx.read()).await.internal("reading hand-overs")
}

/// What became of each of those things, oldest first.
pub(super) async fn of_subjects(cx: &Cx, subjects: &[Uuid]) -> Result<HashMap<Uuid, Vec<hand_over::Model>>, ApiError> {
    let rows = hand_over::Entity::find()
        .filter(hand_over::Column::SubjectId.is_in(subjects.iter().copied()))
        .order_by_asc(hand_over::Column::Id)
        .all(cx.read())
        .await
        .internal("reading hand-overs")?;
    let mut found: HashMap<Uuid, Vec<hand_over::Model>> = HashMap::new();
    for row in rows {
        found.entry(row.subject_id).or_default().push(row);
    }
    Ok(found)
}

/// What happened to each of those hand-overs, oldest first.
pub(super) async fn history_of(cx: &Cx, ids: &[HandOverId]) -> Result<HashMap<HandOverId, Vec<hand_over_event::Model>>, ApiError> {
    let rows = hand_over_event::Entity::find()
        .filter(hand_over_event::Column::HandOverId.is_in(ids.iter().copied()))
        .order_by_asc(hand_over_event::Column::HandOverId)
        .order_by_asc(hand_over_event::Column::Version)
        .all(cx.read())
        .await
        .internal("reading history")?;
    let mut found: HashMap<HandOverId, Vec<hand_over_event::Model>> = HashMap::new();
    for row in rows {
        found.entry(row.hand_over_id).or_default().push(row);
    }
    Ok(found)
}

/// How each of those hand-overs was rated, by everyone.
pub(super) async fn ratings_of(cx: &Cx, ids: &[HandOverId]) -> Result<HashMap<HandOverId, Vec<i64>>, ApiError> {
    use hand_over_rating::Column as C;
    let rows: Vec<(HandOverId, i64)> = hand_over_rating::Entity::find()
        .select_only()
        .columns([C::HandOverId, C::Stars])
        .filter(C::HandOverId.is_in(ids.iter().copied()))
        .into_tuple()
        .all(cx.read())
        .await
        .internal("reading ratings")?;
    let mut found: HashMap<HandOverId, Vec<i64>> = HashMap::new();
    for (id, stars) in rows {
        found.entry(id).or_default().push(stars);
    }
    Ok(found)
}

/// How the account rated those hand-overs.
pub(super) async fn own_ratings(cx: &Cx, account: AccountId, ids: &[HandOverId]) -> Result<HashMap<HandOverId, i64>, ApiError> {
    use hand_over_rating::Column as C;
    let rows: Vec<(HandOverId, i64)> = hand_over_rating::Entity::find()
        .select_only()
        .columns([C::HandOverId, C::Stars])
        .filter(C::AccountId.eq(account))
        .filter(C::HandOverId.is_in(ids.iter().copied()))
        .into_tuple()
        .all(cx.read())
        .await
        .internal("reading one's own ratings")?;
    Ok(rows.into_iter().collect())
}

/// All ratings of an account, oldest first.
pub(super) async fn ratings_by(cx: &Cx, account: AccountId) -> Result<Vec<hand_over_rating::Model>, ApiError> {
    hand_over_rating::Entity::find()
        .filter(hand_over_rating::Column::AccountId.eq(account))
        .order_by_asc(hand_over_rating::Column::Id)
        .all(cx.read())
        .await
        .internal("exporting ratings")
}

/// The hand-over as it stands, not locked.
pub(super) async fn row(tx: &WriteTx, id: HandOverId) -> Result<Option<hand_over::Model>, ApiError> {
    hand_over::Entity::find_by_id(id).one(&**tx).await.internal("reading a hand-over")
}

/// The hand-over, locked for this transaction; its subject has been locked before.
pub(super) async fn for_update(tx: &WriteTx, id: HandOverId) -> Result<Option<hand_over::Model>, ApiError> {
    hand_over::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(&**tx).await.internal("reading a hand-over to be moved")
}

/// The open hand-over of a thing, locked for this transaction.
pub(super) async fn open_of(tx: &WriteTx, subject: Uuid) -> Result<Option<hand_over::Model>, ApiError> {
    hand_over::Entity::find()
        .filter(hand_over::Column::SubjectId.eq(subject))
        .filter(hand_over::Column::State.is_in(super::moves::OPEN.iter().copied()))
        .lock(LockType::NoKeyUpdate)
        .one(&**tx)
        .await
        .internal("looking for an open hand-over")
}

/// The hand-over that a thing was given by last.
pub(super) async fn last_of(tx: &WriteTx, subject: Uuid) -> Result<Option<hand_over::Model>, ApiError> {
    let query = hand_over::Entity::find().filter(hand_over::Column::SubjectId.eq(subject)).order_by_desc(hand_over::Column::Id);
    query.one(&**tx).await.internal("looking for the last hand-over")
}

/// Rule: `one_open_hand_over`; the subject's own state holds it before.
pub(super) async fn insert(tx: &WriteTx, row: hand_over::Model) -> Result<(), ApiError> {
    hand_over::Entity::insert(hand_over::ActiveModel::from(row).reset_all()).exec_without_returning(&**tx).await.internal("adding a hand-over")?;
    Ok(())
}

/// Changes the hand-over unless somebody else has; whether it was so.
pub(super) async fn update(tx: &WriteTx, row: &hand_over::Model, changes: hand_over::ActiveModel) -> Result<bool, ApiError> {
    let updated = hand_over::Entity::update_many()
        .set(changes)
        .filter(hand_over::Column::Id.eq(row.id))
        .filter(hand_over::Column::Version.eq(row.version))
        .exec(&**tx)
        .await
        .internal("moving a hand-over")?;
    Ok(updated.rows_affected == 1)
}

pub(super) async fn insert_event(tx: &WriteTx, row: hand_over_event::Model) -> Result<(), ApiError> {
    hand_over_event::Entity::insert(hand_over_event::ActiveModel::from(row).reset_all())
        .exec_without_returning(&**tx)
        .await
        .internal("writing history")?;
    Ok(())
}

pub(super) async fn last_event(tx: &WriteTx, id: HandOverId) -> Result<Option<hand_over_event::Model>, ApiError> {
    hand_over_event::Entity::find()
        .filter(hand_over_event::Column::HandOverId.eq(id))
        .order_by_desc(hand_over_event::Column::Version)
        .one(&**tx)
        .await
        .internal("reading history")
}

/// Rule: `one_rating_per_person`.
pub(super) async fn insert_rating(tx: &WriteTx, row: hand_over_rating::Model) -> Result<u64, DbErr> {
    hand_over_rating::Entity::insert(hand_over_rating::ActiveModel::from(row).reset_all()).exec_without_returning(&**tx).await
}

/// Everyone who works for the unit now.
pub(super) async fn accounts_of_unit(tx: &WriteTx, unit: OrganisationId, now: Timestamp) -> Result<Vec<AccountId>, ApiError> {
    use appointment::Column as C;
    appointment::Entity::find()
        .select_only()
        .column(C::AccountId)
        .distinct()
        .filter(C::OrganisationId.eq(unit))
        .filter(C::Role.is_in([Role::HandlingUnit, Role::LiaisonOfficer]))
        .filter(in_force(now))
        .into_tuple()
        .all(&**tx)
        .await
        .internal("looking for a unit's staff")
}
