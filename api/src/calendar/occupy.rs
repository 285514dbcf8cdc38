//! The time that occasions take of people and rooms. That no two of one subject overlap is held by the database
//! (`subject_is_taken`); here are the order of locks that keeps two writers from waiting for each other, and the verbs.
use super::store;
use crate::kernel::{ApiError, Cx, OnRule, OrInternal, Stop, WriteTx};
use shangyi_entities::occasion::{self, OccasionKind};
use shangyi_entities::occupancy::{self, SubjectKind};
use shangyi_entities::{OccasionId, OrganisationId, Timestamp};
use uuid::Uuid;

/// Whose time: a person by their account or caller id, a venue by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// What it is here.
    pub kind: SubjectKind,
    /// Its id.
    pub id: Uuid,
}

/// An occasion to be, and whose time it takes from beginning to end.
#[derive(Clone, Debug)]
pub struct NewOccasion {
    /// Its id.
    pub id: OccasionId,
    /// Whose it is.
    pub committee: OrganisationId,
    /// What it is.
    pub kind: OccasionKind,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends; the moment itself is free again.
    pub until: Timestamp,
    /// Whose time it takes.
    pub subjects: Vec<Subject>,
}

/// Waits until no other transaction is about to take or free the time of these subjects. Always in one order, so that
/// two that want the same ones never wait for each other.
pub async fn lock(tx: &WriteTx, mut ids: Vec<Uuid>) -> Result<(), ApiError> {
    ids.sort_unstable();
    ids.dedup();
    store::lock(tx, &ids).await
}

/// Opens occasions and takes the time of their subjects, all or none; `taken` is the refusal where one has no time.
pub async fn open<R>(tx: &WriteTx, cx: &Cx, occasions: &[NewOccasion], taken: impl FnOnce() -> R) -> Result<(), Stop<R>> {
    let mut ids = Vec::new();
    for new in occasions {
        ids.extend(new.subjects.iter().map(|subject| subject.id));
    }
    lock(tx, ids).await?;
    let (mut rows, mut takes) = (Vec::new(), Vec::new());
    for new in occasions {
        rows.push(occasion::Model {
            id: new.id,
            committee_id: new.committee,
            kind: new.kind,
            from_at: new.from,
            until_at: new.until,
            created_at: cx.now(),
            cancelled_at: None,
        });
        takes.extend(new.subjects.iter().map(|subject| take_row(cx, new.id, *subject, new.from, new.until)));
    }
    store::insert_occasions(tx, rows).await?;
    store::insert_occupancies(tx, takes).await.on_rule("subject_is_taken", taken)?.internal("taking time")?;
    Ok(())
}

fn take_row(cx: &Cx, occasion: OccasionId, subject: Subject, from: Timestamp, until: Timestamp) -> occupancy::Model {
    occupancy::Model {
        id: cx.new_id(),
        occasion_id: occasion,
        subject_kind: subject.kind,
        subject_id: subject.id,
        from_at: from,
        until_at: until,
        released_at: None,
    }
}

/// Takes the time of one more subject for an occasion; the caller has locked it with all others it touches.
pub async fn take<R>(
    tx: &WriteTx,
    cx: &Cx,
    occasion: OccasionId,
    subject: Subject,
    (from, until): (Timestamp, Timestamp),
    taken: impl FnOnce() -> R,
) -> Result<(), Stop<R>> {
    let row = take_row(cx, occasion, subject, from, until);
    store::insert_occupancies(tx, vec![row]).await.on_rule("subject_is_taken", taken)?.internal("taking time")?;
    Ok(())
}

/// Gives an occasion another time; whose time it takes is for the caller to take and release.
pub async fn reshape(tx: &WriteTx, occasion: OccasionId, from: Timestamp, until: Timestamp) -> Result<(), ApiError> {
    store::reshape(tx, occasion, from, until).await
}

/// Gives subjects the time back that an occasion takes of them.
pub async fn release_all(tx: &WriteTx, cx: &Cx, occasion: OccasionId, subjects: &[Uuid]) -> Result<(), ApiError> {
    store::release_all(tx, occasion, subjects, cx.now()).await
}

/// Gives a subject the time back that an occasion takes of it.
pub async fn release(tx: &WriteTx, cx: &Cx, occasion: OccasionId, subject: Uuid) -> Result<(), ApiError> {
    store::release(tx, &[occasion], Some(subject), cx.now()).await
}

/// Gives what an occasion takes of a subject another name, where the person behind it is forgotten, or known by now.
pub async fn rename(tx: &WriteTx, occasion: OccasionId, subject: Uuid, to: Uuid) -> Result<(), ApiError> {
    store::rename(tx, occasion, subject, to).await
}

/// Cancels occasions; everybody has their time back.
pub async fn cancel(tx: &WriteTx, cx: &Cx, occasions: &[OccasionId]) -> Result<(), ApiError> {
    store::release(tx, occasions, None, cx.now()).await?;
    store::cancel(tx, occasions, cx.now()).await
}

/// What takes time of a subject between two moments, in the transaction that is about to take some too.
pub async fn held(tx: &WriteTx, subject: Uuid, from: Timestamp, until: Timestamp) -> Result<Vec<(occupancy::Model, OccasionKind)>, ApiError> {
    store::held(tx, subject, from, until).await
}

/// Time that is taken of these subjects between two moments, by subject and beginning.
pub async fn taken(cx: &Cx, subjects: &[Uuid], from: Timestamp, until: Timestamp) -> Result<Vec<occupancy::Model>, ApiError> {
    store::taken(cx, subjects, from, until).await
}
