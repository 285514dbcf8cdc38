//! What the room of hand-overs does to a record, in that room's transaction.
use super::{ANSWER, store};
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, WriteTx, personal};
use crate::receptions::booking as bookings;
use crate::receptions::booking::tell::{self, Told};
use crate::receptions::loaders::subject_of;
use sea_orm::ActiveValue::Set;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::reception_record::{self, ReceptionRecordState as S};
use shangyi_entities::{AccountId, ReceptionRecordId};

/// Locks the record before anything that is handed over of it.
pub async fn lock(tx: &WriteTx, id: ReceptionRecordId) -> Result<(), ApiError> {
    store::locked(tx, id).await.map(|_| ())
}

/// The desk hands a record over anew that its unit returned; answers its row as it was before, nothing where it has moved.
pub async fn handed_over(
    tx: &WriteTx,
    cx: &Cx,
    viewer: &Viewer,
    id: ReceptionRecordId,
    expected_version: i64,
) -> Result<Option<reception_record::Model>, ApiError> {
    let missing = || ApiError::not_found("这份接待记录", "This record");
    let row = store::locked(tx, id).await?.ok_or_else(missing)?;
    if viewer.desk_of(row.committee_id, &row.division_code).is_none() {
        return Err(missing());
    }
    if row.state != S::Returned || row.version != expected_version {
        return Ok(None);
    }
    store::update(tx, cx, &row, reception_record::ActiveModel { state: Set(S::HandedOver), ..Default::default() }).await?;
    tell_person(tx, cx, &row, NoticeKind::ReceptionHandedOver).await?;
    Ok(Some(row))
}

/// The unit has returned it: the desk decides anew.
pub async fn returned(tx: &WriteTx, cx: &Cx, id: ReceptionRecordId) -> Result<(), ApiError> {
    let Some(row) = store::locked(tx, id).await?.filter(|row| row.state == S::HandedOver) else { return Ok(()) };
    store::update(tx, cx, &row, reception_record::ActiveModel { state: Set(S::Returned), ..Default::default() }).await
}

/// The unit's reply is the record's answer.
pub async fn replied(tx: &WriteTx, cx: &Cx, id: ReceptionRecordId, text: &str) -> Result<(), ApiError> {
    let Some(row) = store::locked(tx, id).await?.filter(|row| row.state == S::HandedOver) else { return Ok(()) };
    answered(tx, cx, &row, text, S::Replied).await
}

/// Writes the answer under the person's key, and tells them.
pub(super) async fn answered(tx: &WriteTx, cx: &Cx, row: &reception_record::Model, text: &str, to: S) -> Result<(), ApiError> {
    let booking = bookings::store::now(tx, row.booking_id).await?.ok_or_else(|| ApiError::broken("a record of no visit"))?;
    let key = match subject_of(&booking) {
        Some(subject) => personal::of(&**tx, &cx.app().keys, subject).await?,
        None => None,
    };
    // Said to somebody who has been erased: nobody is left to read it.
    let answer_enc = key.map(|key| key.seal(ANSWER, text)).transpose()?;
    store::update(tx, cx, row, reception_record::ActiveModel { state: Set(to), answer_enc: Set(answer_enc), ..Default::default() }).await?;
    tell_person(tx, cx, row, NoticeKind::ReceptionAnswered).await
}

async fn tell_person(tx: &WriteTx, cx: &Cx, row: &reception_record::Model, kind: NoticeKind) -> Result<(), ApiError> {
    let Some(booking) = bookings::store::now(tx, row.booking_id).await? else { return Ok(()) };
    let event = cx.new_event();
    tell::people(tx, cx, kind, &[Told { row: &booking, event }]).await
}

/// Whether that account is the person who was received.
pub async fn asked_by(tx: &WriteTx, id: ReceptionRecordId, account: AccountId) -> Result<bool, ApiError> {
    let Some(row) = store::now(tx, id).await? else { return Ok(false) };
    let booking = bookings::store::now(tx, row.booking_id).await?;
    Ok(booking.is_some_and(|booking| booking.account_id == Some(account)))
}
