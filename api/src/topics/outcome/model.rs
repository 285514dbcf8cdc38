use crate::consultations::Consultation;
use crate::kernel::{ApiError, Cx, Gid};
use async_graphql::{ComplexObject, Context, SimpleObject};
use chrono::{DateTime, Utc};
use shangyi_entities::second_look::{self, SecondLookDecision};
use shangyi_entities::topic_adoption::{self, AdoptedAs};
use shangyi_entities::{ConsultationId, TopicAdoptionId, TopicConfirmationId};

/// What a topic became. Of what is inside the committee the public learns that it is so, and no more: one entry without
/// time, text, reference or number.
#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub struct TopicAdoption {
    /// Its id; null on the public side of what is inside the committee.
    pub id: Option<Gid<TopicAdoptionId>>,
    /// A consultation, or taken up inside the committee (转内部办理).
    pub r#as: AdoptedAs,
    /// What it is called where it is kept; null where it has no name, and to the public of what is inside.
    pub reference: Option<String>,
    /// What it became; null to the public of what is inside.
    pub text: Option<String>,
    /// When it was adopted; null to the public of what is inside.
    pub at: Option<DateTime<Utc>>,
    /// What came of it; null while it is open, and to the public of what is inside (the topic's answer tells them).
    pub result: Option<String>,
    /// When that was recorded; null likewise.
    pub ended_at: Option<DateTime<Utc>>,
    /// The consultation here that it became.
    #[graphql(skip)]
    pub consultation: Option<ConsultationId>,
}

#[ComplexObject]
impl TopicAdoption {
    /// The consultation itself; null where it is kept elsewhere.
    async fn consultation(&self, ctx: &Context<'_>) -> Result<Option<Consultation>, ApiError> {
        match self.consultation {
            Some(id) => crate::consultations::load(ctx, id).await,
            None => Ok(None),
        }
    }
}

impl From<&topic_adoption::Model> for TopicAdoption {
    fn from(row: &topic_adoption::Model) -> Self {
        Self {
            id: Some(Gid(row.id)),
            r#as: row.what,
            reference: row.reference.clone(),
            text: Some(row.body.clone()),
            at: Some(row.at.utc()),
            result: row.result.clone(),
            ended_at: row.ended_at.map(|at| at.utc()),
            consultation: row.consultation_id,
        }
    }
}

/// What a viewer sees of what a topic became: everything inside is one word to the public.
pub(in super::super) fn seen_adoptions(rows: &[topic_adoption::Model], internal: bool) -> Vec<TopicAdoption> {
    let is_inside = |row: &&topic_adoption::Model| row.what == AdoptedAs::Inside;
    let mut seen: Vec<TopicAdoption> = rows.iter().filter(|row| internal || !is_inside(row)).map(TopicAdoption::from).collect();
    if !internal && rows.iter().any(|row| is_inside(&row)) {
        let (what, consultation) = (AdoptedAs::Inside, None);
        seen.push(TopicAdoption { id: None, r#as: what, reference: None, text: None, at: None, result: None, ended_at: None, consultation });
    }
    seen
}

/// What an author says to an answer.
#[derive(SimpleObject, Clone)]
pub struct TopicConfirmation {
    /// Its id.
    pub id: Gid<TopicConfirmationId>,
    /// Whether the answer was kept.
    pub kept: bool,
    /// When they said so.
    pub at: DateTime<Utc>,
    /// Whether a caller said it to the desk.
    pub entered_by_officer: bool,
    /// What was not kept, in their words: for author and desk; for everyone once the matter is SETTLED. Null otherwise, where
    /// nothing was said, and once its author is erased.
    pub statement: Option<String>,
}

/// The request that the general desk look again at what was redirected or rejected; for author and desk.
#[derive(SimpleObject, Clone)]
pub struct SecondLook {
    /// When it was asked for.
    pub asked_at: DateTime<Utc>,
    /// Why, in the author's words; null once they are erased.
    pub statement: Option<String>,
    /// What was decided; null: it is open.
    pub decision: Option<SecondLookDecision>,
    /// When it was decided; null: it is open.
    pub decided_at: Option<DateTime<Utc>>,
}

impl SecondLook {
    pub(in super::super) async fn open(cx: &Cx, row: &second_look::Model) -> Result<Self, ApiError> {
        let key = crate::kernel::personal::of(cx.read(), &cx.app().keys, row.statement_subject).await?;
        Ok(Self {
            asked_at: row.asked_at.utc(),
            statement: key.and_then(|key| key.open(super::store::SECOND_LOOK, &row.statement_enc)),
            decision: row.decision,
            decided_at: row.decided_at.map(|at| at.utc()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shangyi_entities::{AccountId, Timestamp, TopicId, TypedId};
    use uuid::Uuid;

    fn adopted(what: AdoptedAs) -> topic_adoption::Model {
        topic_adoption::Model {
            id: TopicAdoptionId::of(Uuid::nil()),
            topic_id: TopicId(Uuid::nil()),
            what,
            reference: Some("提案〔2026〕7号".to_owned()),
            body: "建议案".to_owned(),
            at: Timestamp(1),
            adopted_by: AccountId(Uuid::nil()),
            result: None,
            ended_at: None,
            ended_by: None,
            consultation_id: None,
        }
    }

    #[test]
    fn whatever_is_inside_is_one_word_to_the_public() {
        let rows = [adopted(AdoptedAs::Inside), adopted(AdoptedAs::Consultation), adopted(AdoptedAs::Inside)];
        assert_eq!(seen_adoptions(&rows, true).len(), 3);
        let public = seen_adoptions(&rows, false);
        assert_eq!(public.len(), 2, "a consultation, and one word for the rest");
        let inside = &public[1];
        assert!(inside.id.is_none() && inside.reference.is_none() && inside.text.is_none() && inside.at.is_none());
    }
}
