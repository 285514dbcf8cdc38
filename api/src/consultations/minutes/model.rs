use super::store::{self, Draft};
use crate::consultations::loaders;
use crate::kernel::{ApiError, Gid};
use crate::organisation::{self, Organisation};
use async_graphql::{Context, Object};
use chrono::{DateTime, NaiveDate, Utc};
use shangyi_entities::{AgreedItemId, MinutesId, Timestamp, minutes_item, minutes_signature};

/// Minutes.
#[derive(Clone)]
pub struct Minutes {
    pub(in crate::consultations) draft: Draft,
    /// The internal side reads notes of objections, too.
    pub(in crate::consultations) internal: bool,
}

/// Minutes (协商纪要) of a consultation, or a draft of them. For the internal side of its committees, and those who were there.
#[Object]
impl Minutes {
    /// Its id.
    async fn id(&self) -> Gid<MinutesId> {
        Gid(self.draft.row.id)
    }

    /// Its number, from 1: each draft has one.
    async fn number(&self) -> i64 {
        self.draft.row.number
    }

    /// What was talked over.
    async fn text(&self) -> &str {
        &self.draft.row.text
    }

    /// When it was drafted.
    async fn at(&self) -> DateTime<Utc> {
        self.draft.row.at.utc()
    }

    /// When it was put in force; null: it is a draft, or was one. The last published one is in force.
    async fn published_at(&self) -> Option<DateTime<Utc>> {
        self.draft.row.published_at.map(Timestamp::utc)
    }

    /// What it agrees on, by number.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn items(&self) -> Vec<MinutesItem> {
        self.draft.items.iter().cloned().map(MinutesItem).collect()
    }

    /// Who signed it, or objected, the first one first.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn signatures(&self) -> Vec<MinutesSignature> {
        self.draft.signatures.iter().cloned().map(|row| MinutesSignature { row, internal: self.internal }).collect()
    }
}

/// An item of minutes.
pub struct MinutesItem(minutes_item::Model);

/// Something agreed on, as minutes have it.
#[Object]
impl MinutesItem {
    /// Its number in these minutes.
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// The item that there was already; null for what is new in this version.
    async fn item_id(&self) -> Option<Gid<AgreedItemId>> {
        self.0.item_id.map(Gid)
    }

    /// What is to be done.
    async fn task(&self) -> &str {
        &self.0.task
    }

    /// Who does it; null in a draft that does not say so yet.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Organisation>, ApiError> {
        match self.0.unit_id {
            Some(id) => organisation::load_organisation(ctx, id).await,
            None => Ok(None),
        }
    }

    /// Until the end of which day (Asia/Shanghai); null as the unit is.
    async fn due_on(&self) -> Option<NaiveDate> {
        self.0.due_at.map(|at| crate::kernel::clock::local_day(at.plus_seconds(-1)))
    }

    /// Whether it is not to be done any more.
    async fn superseded(&self) -> bool {
        self.0.superseded
    }
}

/// A signature.
pub struct MinutesSignature {
    row: minutes_signature::Model,
    internal: bool,
}

/// That somebody signed minutes, or objected to them.
#[Object]
impl MinutesSignature {
    /// Whether it is of who led a sitting, or of the chair in their stead: one such is needed to publish.
    async fn convenor(&self) -> bool {
        self.row.convenor
    }

    /// Whether they object.
    async fn objects(&self) -> bool {
        self.row.objects
    }

    /// What is wrong; for the internal side, null for others and once whoever objected has erased themself.
    async fn note(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        let Some(sealed) = self.row.note_enc.as_deref().filter(|_| self.internal) else { return Ok(None) };
        Ok(loaders::of(ctx).key(self.row.account_id).await?.and_then(|key| key.open(store::NOTE, sealed)))
    }

    /// When.
    async fn at(&self) -> DateTime<Utc> {
        self.row.at.utc()
    }
}
