use crate::kernel::Gid;
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
    /// Where it stood then.
    pub to: ConsultationState,
    /// By which role.
    pub role: String,
}

impl From<consultation_event::Model> for ConsultationEvent {
    fn from(row: consultation_event::Model) -> Self {
        Self { id: Gid(row.id), at: row.at.utc(), what: row.what, to: row.to_state, role: row.role }
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
    /// What.
    pub text: String,
    /// How many people were talked to.
    pub people: i64,
    /// When it was entered.
    pub at: DateTime<Utc>,
    /// By which role.
    pub role: String,
}

impl From<consultation_research::Model> for Research {
    fn from(row: consultation_research::Model) -> Self {
        let day = row.day.parse().ok();
        Self { id: Gid(row.id), kind: row.kind, day, text: row.text, people: row.people, at: row.at.utc(), role: row.role }
    }
}
