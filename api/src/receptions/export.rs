use super::booking as bookings;
use super::loaders::subject_of;
use super::{day, record};
use crate::kernel::{ApiError, Cx, Gid, personal};
use sea_orm::ActiveEnum;
use serde_json::{Value, json};
use shangyi_entities::{AccountId, BookingId, ReceptionRecordId, Timestamp, TypedId};
use std::collections::HashMap;
use uuid::Uuid;

/// Everything stored of a person's bookings, what was said and answered, what they rated, and what they said to being asked to receive.
pub async fn export(cx: &Cx, account: AccountId) -> Result<Value, ApiError> {
    let person = bookings::lists::person_of_viewer(cx).await?;
    let rows = bookings::store::all(cx, bookings::store::own(account, person.as_deref()), Timestamp(0)).await?;
    let ids: Vec<BookingId> = rows.iter().map(|row| row.id).collect();
    let records = record::store::of_bookings(cx, &ids).await?;
    let subjects: Vec<Uuid> = rows.iter().filter_map(subject_of).chain([account.uuid()]).collect();
    let keys = personal::of_many(cx.read(), &cx.app().keys, &subjects).await?;
    let open = |subject: Option<Uuid>, place: &str, sealed: Option<&[u8]>| keys.get(&subject?)?.open(place, sealed?);
    let visits = rows.iter().map(|row| {
        let subject = subject_of(row);
        let record = records.get(&row.id).map(|record| {
            json!({
                "class": record.0.class.to_value(),
                "state": record.0.state.to_value(),
                "at": record.0.at.utc(),
                "summary": open(subject, record::SUMMARY, record.0.summary_enc.as_deref()),
                "answer": open(subject, record::ANSWER, record.0.answer_enc.as_deref()),
            })
        });
        json!({
            "booking": Gid(row.id).to_string(),
            "day": row.day,
            "state": row.state.to_value(),
            "category": row.category.to_value(),
            "matter": open(subject, bookings::MATTER, row.matter_enc.as_deref()),
            "heads": row.heads,
            "bookedAt": row.booked_at.utc(),
            "record": record,
        })
    });
    let rated = record::store::ratings_by(cx, account).await?;
    let rated: HashMap<ReceptionRecordId, Value> = rated
        .iter()
        .map(|row| (row.record_id, json!({ "stars": row.stars, "comment": open(Some(account.uuid()), record::COMMENT, row.comment_enc.as_deref()) })))
        .collect();
    let asked = day::store::reasons_of(cx, account).await?;
    let asked = asked.iter().map(|row| {
        json!({
            "day": Gid(row.day_id).to_string(),
            "state": row.state.to_value(),
            "answeredAt": row.answered_at.map(Timestamp::utc),
            "reason": open(Some(account.uuid()), day::REASON, row.reason_enc.as_deref()),
        })
    });
    Ok(json!({
        "bookings": visits.collect::<Vec<_>>(),
        "rated": rated.into_iter().map(|(id, said)| json!({ "record": Gid(id).to_string(), "said": said })).collect::<Vec<_>>(),
        "asked": asked.collect::<Vec<_>>(),
    }))
}
