//! What one request asks for day by day and booking by booking is read in batches.
use super::booking::{self as bookings, Booking};
use super::day;
use super::record::{self, ReceptionRecord};
use crate::auth::{self, callers};
use crate::kernel::cx::spawn;
use crate::kernel::personal::PersonKey;
use crate::kernel::{ApiError, Cx, personal};
use async_graphql::Context;
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use shangyi_entities::{
    AccountId, BookingId, CallerId, ReceptionDayId, ReceptionRecordId, ReceptionSlotId, TypedId, booking, booking_event, reception_day,
    reception_day_event, reception_rating, reception_receiver, reception_slot,
};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::OnceCell;
use uuid::Uuid;

/// The room's loaders of one request.
pub struct Loaders {
    cx: Cx,
    person: OnceCell<Option<Vec<u8>>>,
    days: DataLoader<Days, HashMapCache>,
    any_days: DataLoader<AnyDays, HashMapCache>,
    slots_of: DataLoader<SlotsOf, HashMapCache>,
    slots: DataLoader<Slots, HashMapCache>,
    receivers: DataLoader<Receivers, HashMapCache>,
    unmarked: DataLoader<Unmarked, HashMapCache>,
    day_history: DataLoader<DayHistory, HashMapCache>,
    own: DataLoader<Own, HashMapCache>,
    bookings: DataLoader<Bookings, HashMapCache>,
    any_bookings: DataLoader<AnyBookings, HashMapCache>,
    history: DataLoader<History, HashMapCache>,
    logs: DataLoader<Logs, HashMapCache>,
    keys: DataLoader<Keys, HashMapCache>,
    callers: DataLoader<Callers, HashMapCache>,
    contacts: DataLoader<Contacts, HashMapCache>,
    records_of: DataLoader<RecordsOf, HashMapCache>,
    records: DataLoader<Records, HashMapCache>,
    rated: DataLoader<Rated, HashMapCache>,
    topics: DataLoader<Topics, HashMapCache>,
}

impl Loaders {
    /// The loaders of a request.
    pub fn new(cx: &Cx) -> Self {
        let cache = HashMapCache::default;
        Self {
            cx: cx.clone(),
            person: OnceCell::new(),
            days: DataLoader::with_cache(Days(cx.clone()), spawn, cache()),
            any_days: DataLoader::with_cache(AnyDays(cx.clone()), spawn, cache()),
            slots_of: DataLoader::with_cache(SlotsOf(cx.clone()), spawn, cache()),
            slots: DataLoader::with_cache(Slots(cx.clone()), spawn, cache()),
            receivers: DataLoader::with_cache(Receivers(cx.clone()), spawn, cache()),
            unmarked: DataLoader::with_cache(Unmarked(cx.clone()), spawn, cache()),
            day_history: DataLoader::with_cache(DayHistory(cx.clone()), spawn, cache()),
            own: DataLoader::with_cache(Own(cx.clone()), spawn, cache()),
            bookings: DataLoader::with_cache(Bookings(cx.clone()), spawn, cache()),
            any_bookings: DataLoader::with_cache(AnyBookings(cx.clone()), spawn, cache()),
            history: DataLoader::with_cache(History(cx.clone()), spawn, cache()),
            logs: DataLoader::with_cache(Logs(cx.clone()), spawn, cache()),
            keys: DataLoader::with_cache(Keys(cx.clone()), spawn, cache()),
            callers: DataLoader::with_cache(Callers(cx.clone()), spawn, cache()),
            contacts: DataLoader::with_cache(Contacts(cx.clone()), spawn, cache()),
            records_of: DataLoader::with_cache(RecordsOf(cx.clone()), spawn, cache()),
            records: DataLoader::with_cache(Records(cx.clone()), spawn, cache()),
            rated: DataLoader::with_cache(Rated(cx.clone()), spawn, cache()),
            topics: DataLoader::with_cache(Topics(cx.clone()), spawn, cache()),
        }
    }

    /// By what the viewer's own bookings are told.
    pub(super) async fn person(&self) -> Result<Option<Vec<u8>>, ApiError> {
        self.person.get_or_try_init(|| bookings::lists::person_of_viewer(&self.cx)).await.cloned()
    }

    /// The day, if the viewer may know of it.
    pub(super) async fn day(&self, id: ReceptionDayId) -> Result<Option<reception_day::Model>, ApiError> {
        self.days.load_one(id).await
    }

    /// The day, for who has something of it.
    pub(super) async fn any_day(&self, id: ReceptionDayId) -> Result<Option<reception_day::Model>, ApiError> {
        self.any_days.load_one(id).await
    }

    pub(super) async fn slots_of(&self, id: ReceptionDayId) -> Result<Vec<reception_slot::Model>, ApiError> {
        Ok(self.slots_of.load_one(id).await?.unwrap_or_default())
    }

    pub(super) async fn slot(&self, id: ReceptionSlotId) -> Result<Option<reception_slot::Model>, ApiError> {
        self.slots.load_one(id).await
    }

    pub(super) async fn receivers(&self, id: ReceptionDayId) -> Result<Vec<reception_receiver::Model>, ApiError> {
        Ok(self.receivers.load_one(id).await?.unwrap_or_default())
    }

    pub(super) async fn unmarked(&self, id: ReceptionDayId) -> Result<i64, ApiError> {
        Ok(self.unmarked.load_one(id).await?.unwrap_or(0))
    }

    /// Counts what was read anyway; where it was too much to be read whole, each day is asked for.
    pub(super) async fn know_unmarked(&self, days: &[reception_day::Model], unmarked: &[booking::Model]) {
        if unmarked.len() >= bookings::store::MOST_UNMARKED {
            return;
        }
        let count = |id| i64::try_from(unmarked.iter().filter(|row| row.day_id == id).count()).unwrap_or(i64::MAX);
        self.unmarked.feed_many(days.iter().map(|day| (day.id, count(day.id)))).await;
    }

    pub(super) async fn day_history(&self, id: ReceptionDayId) -> Result<Vec<reception_day_event::Model>, ApiError> {
        Ok(self.day_history.load_one(id).await?.unwrap_or_default())
    }

    /// The viewer's own booking of a slot that is not over.
    pub(super) async fn own(&self, slot: ReceptionSlotId) -> Result<Option<Booking>, ApiError> {
        Ok(self.own.load_one(slot).await?.map(Booking))
    }

    pub(super) async fn booking(&self, id: BookingId) -> Result<Option<Booking>, ApiError> {
        self.bookings.load_one(id).await
    }

    /// The booking, for who has something of it.
    pub(super) async fn any_booking(&self, id: BookingId) -> Result<Option<booking::Model>, ApiError> {
        self.any_bookings.load_one(id).await
    }

    pub(super) async fn history(&self, id: BookingId) -> Result<Vec<booking_event::Model>, ApiError> {
        Ok(self.history.load_one(id).await?.unwrap_or_default())
    }

    pub(super) async fn waiting_log(&self, slot: ReceptionSlotId) -> Result<Vec<bookings::Line>, ApiError> {
        Ok(self.logs.load_one(slot).await?.unwrap_or_default())
    }

    /// The key under which the texts of a booking are sealed, while there is one.
    pub(super) async fn key_of(&self, row: &booking::Model) -> Result<Option<Arc<PersonKey>>, ApiError> {
        match subject_of(row) {
            Some(subject) => self.keys.load_one(subject).await,
            None => Ok(None),
        }
    }

    /// The key of a person, while there is one.
    pub(super) async fn key_of_person(&self, subject: Uuid) -> Result<Option<Arc<PersonKey>>, ApiError> {
        self.keys.load_one(subject).await
    }

    /// Who comes: as an officer wrote it, else as they call themself.
    pub(super) async fn name_of(&self, row: &booking::Model) -> Result<Option<String>, ApiError> {
        if let Some(caller) = row.caller_id {
            return Ok(self.callers.load_one(caller).await?.map(|caller| caller.0));
        }
        match row.account_id {
            Some(account) => Ok(self.contacts.load_one(account).await?.and_then(|known| known.0)),
            None => Ok(None),
        }
    }

    /// Where they can be reached.
    pub(super) async fn contact_of(&self, row: &booking::Model) -> Result<Option<String>, ApiError> {
        if let Some(caller) = row.caller_id {
            return Ok(self.callers.load_one(caller).await?.map(|caller| caller.1));
        }
        match row.account_id {
            Some(account) => Ok(self.contacts.load_one(account).await?.map(|known| known.1)),
            None => Ok(None),
        }
    }

    pub(super) async fn record_of(&self, booking: BookingId) -> Result<Option<ReceptionRecord>, ApiError> {
        self.records_of.load_one(booking).await
    }

    pub(super) async fn record(&self, id: ReceptionRecordId) -> Result<Option<ReceptionRecord>, ApiError> {
        self.records.load_one(id).await
    }

    /// How a record was rated.
    pub(super) async fn rated(&self, id: ReceptionRecordId) -> Result<Option<reception_rating::Model>, ApiError> {
        self.rated.load_one(id).await
    }

    /// The topic that a record became.
    pub(super) async fn topic_of(&self, id: ReceptionRecordId) -> Result<Option<shangyi_entities::TopicId>, ApiError> {
        self.topics.load_one(id).await
    }
}

/// Under whose key the texts of a booking are sealed.
pub(super) fn subject_of(row: &booking::Model) -> Option<Uuid> {
    row.caller_id.map(TypedId::uuid).or(row.account_id.map(TypedId::uuid))
}

/// The room's loaders of the request.
pub(super) fn of<'a>(ctx: &Context<'a>) -> &'a Loaders {
    ctx.data_unchecked::<Loaders>()
}

macro_rules! loader {
    ($name:ident, $key:ty, $value:ty, |$cx:ident, $keys:ident| $find:expr) => {
        struct $name(Cx);

        impl Loader<$key> for $name {
            type Value = $value;
            type Error = ApiError;

            async fn load(&self, $keys: &[$key]) -> Result<HashMap<$key, $value>, ApiError> {
                let $cx = &self.0;
                $find
            }
        }
    };
}

loader!(Days, ReceptionDayId, reception_day::Model, |cx, keys| {
    Ok(day::store::visible(cx, keys).await?.into_iter().map(|row| (row.id, row)).collect())
});
loader!(AnyDays, ReceptionDayId, reception_day::Model, |cx, keys| {
    Ok(day::store::by_ids(cx, keys).await?.into_iter().map(|row| (row.id, row)).collect())
});
loader!(SlotsOf, ReceptionDayId, Vec<reception_slot::Model>, |cx, keys| day::store::slots_of(cx, keys).await);
loader!(Slots, ReceptionSlotId, reception_slot::Model, |cx, keys| {
    Ok(day::store::slots(cx, keys).await?.into_iter().map(|row| (row.id, row)).collect())
});
loader!(Receivers, ReceptionDayId, Vec<reception_receiver::Model>, |cx, keys| day::store::receivers_of(cx, keys).await);
loader!(Unmarked, ReceptionDayId, i64, |cx, keys| day::store::unmarked_of(cx, keys).await);
loader!(DayHistory, ReceptionDayId, Vec<reception_day_event::Model>, |cx, keys| day::store::history_of(cx, keys).await);
loader!(Own, ReceptionSlotId, booking::Model, |cx, keys| bookings::store::own_of_slots(cx, keys).await);
loader!(Bookings, BookingId, Booking, |cx, keys| {
    Ok(bookings::lists::visible(cx, keys).await?.into_iter().map(|row| (row.id, Booking(row))).collect())
});
loader!(AnyBookings, BookingId, booking::Model, |cx, keys| {
    Ok(bookings::store::by_ids(cx, keys).await?.into_iter().map(|row| (row.id, row)).collect())
});
loader!(History, BookingId, Vec<booking_event::Model>, |cx, keys| bookings::store::history_of(cx, keys).await);
loader!(Logs, ReceptionSlotId, Vec<bookings::Line>, |cx, keys| bookings::store::waiting_logs(cx, keys).await);
loader!(Keys, Uuid, Arc<PersonKey>, |cx, keys| {
    Ok(personal::of_many(cx.read(), &cx.app().keys, keys).await?.into_iter().map(|(subject, key)| (subject, Arc::new(key))).collect())
});
loader!(Callers, CallerId, callers::Caller, |cx, keys| callers::of(cx.read(), cx, keys).await);
loader!(Contacts, AccountId, (Option<String>, String), |cx, keys| auth::contacts_of(cx, keys).await);
loader!(RecordsOf, BookingId, ReceptionRecord, |cx, keys| record::store::of_bookings(cx, keys).await);
loader!(Records, ReceptionRecordId, ReceptionRecord, |cx, keys| record::lists::visible(cx, keys).await);
loader!(Rated, ReceptionRecordId, reception_rating::Model, |cx, keys| record::store::ratings_of(cx, keys).await);
loader!(Topics, ReceptionRecordId, shangyi_entities::TopicId, |cx, keys| record::store::topics_of(cx, keys).await);
