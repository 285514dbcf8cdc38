use super::store;
use crate::kernel::Gid;
use crate::kernel::personal::PersonKey;
use async_graphql::SimpleObject;
use chrono::{DateTime, NaiveDate, Utc};
use shangyi_entities::consultation::ConsultationState;
use shangyi_entities::consultation_event::{self, ConsultationEventKind};
use shangyi_entities::consultation_research::{self, ResearchKind};
use shangyi_entities::{ConsultationEventId, ResearchId};

/// One thing that happened to a consultation.
#[derive(SimpleObject, Clone)]
pub struct ConsultationEvent {
    /// Its id.
    pub id: Gid<ConsultationEventId>,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub what: ConsultationEventKind,
    /// Where it stood before; null for the first.
    pub from_state: Option<ConsultationState>,
    /// Where it stood after it.
    pub to_state: ConsultationState,
    /// By which role.
    pub role: String,
    /// Why it was declined, postponed or cancelled.
    pub reason: Option<String>,
}

impl From<consultation_event::Model> for ConsultationEvent {
    fn from(row: consultation_event::Model) -> Self {
        Self {
            id: Gid(row.id),
            at: row.at.utc(),
            what: row.what,
            from_state: row.from_state,
            to_state: row.to_state,
            role: row.role,
            reason: row.reason,
        }
    }
}

/// What was found out before a consultation.
#[derive(SimpleObject, Clone)]
pub struct Research {
    /// Its id.
    pub id: Gid<ResearchId>,
    /// How.
    pub kind: ResearchKind,
    /// On which day, in Asia/Shanghai.
    pub day: Option<NaiveDate>,
    /// What; null once whoever entered it has erased themselves.
    pub text: Option<String>,
    /// How many people were talked to.
    pub people: i64,
    /// When it was entered.
    pub at: DateTime<Utc>,
    /// By which role.
    pub role: String,
}

impl Research {
    pub(super) fn open(row: consultation_research::Model, key: Option<&PersonKey>) -> Self {
        let text = key.and_then(|key| key.open(store::RESEARCH, &row.text_enc));
        let day = row.day.parse().ok();
        Self { id: Gid(row.id), kind: row.kind, day, text, people: row.people, at: row.at.utc(), role: row.role }
    }
}

/// How much was found out before a consultation.
#[derive(SimpleObject, Clone, Copy)]
pub struct ResearchCount {
    /// Records.
    pub records: i64,
    /// People who were talked to.
    pub people: i64,
}
