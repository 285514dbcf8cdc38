//! A matter that was heard elsewhere becomes a topic of the person who spoke of it.
use super::submit::{self, New, TEXT, TITLE};
use crate::kernel::{ApiError, Cx, Stop, WriteTx, text};
use shangyi_entities::topic::{self, TopicSource};
use shangyi_entities::{AccountId, CallerId, OrganisationId, TopicId, TypedId};

/// What was heard, and from whom.
#[derive(Clone, Debug)]
pub struct Heard {
    /// The topic's id.
    pub id: TopicId,
    /// The committee it lies with.
    pub committee: OrganisationId,
    /// The code of the division it is about.
    pub division: String,
    /// Of which source: of the public, or of a member whom leaders received.
    pub source: TopicSource,
    /// In a few words.
    pub title: String,
    /// What is the matter.
    pub text: String,
    /// The account of the person.
    pub account: Option<AccountId>,
    /// Or the caller that an officer entered.
    pub caller: Option<CallerId>,
}

/// Title and text as they were typed, of at most 50 and 300 characters.
pub fn cleaned(title: &str, body: &str) -> Result<(String, String), ApiError> {
    Ok((text::clean_line(&TITLE, title)?, text::clean(&TEXT, body)?))
}

/// Raises it, by that role; the person is its author and is told of it like of any other.
pub async fn run(tx: &WriteTx, cx: &Cx, operation: &'static str, role: &str, heard: &Heard) -> Result<(), ApiError> {
    let caller = heard.caller.filter(|_| heard.account.is_none());
    let subject = heard.account.map(TypedId::uuid).or(caller.map(TypedId::uuid)).ok_or_else(|| ApiError::broken("a topic of nobody"))?;
    let row = topic::Model {
        author_id: heard.account,
        source: heard.source,
        caller_id: caller,
        entered_by: caller.map(|_| cx.account()).transpose()?,
        ..submit::blank(cx, heard.id, heard.committee, &heard.division, &heard.title, &heard.text)
    };
    let new = New { row, title: &heard.title, text: &heard.text, subject, role };
    submit::add(tx, cx, operation, new).await.map_err(|stop| match stop {
        Stop::Failed(error) => error,
        Stop::Refused(_) => ApiError::broken("a topic of no campaign was refused"),
    })
}
