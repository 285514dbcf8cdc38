//! What a verb leaves to be delivered, in its own transaction.
use super::store;
use crate::kernel::phone::Phone;
use crate::kernel::{ApiError, Cx, WriteTx, crypto};
use serde::{Deserialize, Serialize};
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{AccountId, Timestamp, TopicId};
use uuid::Uuid;

/// Whom a notice about a topic goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Audience {
    /// Whoever raised it.
    Author,
    /// Whoever backed it.
    Backers,
    /// Both.
    Everyone,
}

/// A delivery to be made; only ids, so that nothing private lies in the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Job {
    /// One notice to one person.
    TellPerson { kind: String, event: Uuid, subject: Uuid, account: Uuid },
    /// A notice to those a topic concerns.
    TellTopic {
        kind: String,
        event: Uuid,
        topic: Uuid,
        /// The version of the topic at which it happened: whoever was of its cluster then is told. Nothing: the topic alone.
        #[serde(default)]
        version: Option<i64>,
        audience: Audience,
    },
    /// A short message; phone and text are sealed.
    Sms,
    /// A sign-in code; phone and code are sealed. Of no use after five minutes.
    SignInCode,
}

impl Job {
    pub(super) const fn lane(&self) -> &'static str {
        match self {
            Self::TellPerson { .. } | Self::TellTopic { .. } => "INBOX",
            Self::SignInCode => "CODE",
            Self::Sms => "SMS",
        }
    }
}

/// What goes over the wire to a phone.
#[derive(Serialize, Deserialize)]
pub(super) struct Message {
    pub(super) phone: String,
    pub(super) text: String,
    /// The bare code, for the log of the demo.
    pub(super) code: Option<String>,
}

/// Tells one person of `event` about `subject`.
pub async fn tell_person(tx: &WriteTx, cx: &Cx, kind: NoticeKind, event: Uuid, subject: Uuid, account: AccountId) -> Result<(), ApiError> {
    let job = Job::TellPerson { kind: word(kind), event, subject, account: account.0 };
    store::put(tx, cx, &job, subject, None).await
}

/// Tells many people, each of an event of their own about a thing of their own.
pub async fn tell_each(tx: &WriteTx, cx: &Cx, kind: NoticeKind, each: &[(Uuid, Uuid, AccountId)]) -> Result<(), ApiError> {
    let jobs =
        each.iter().map(|(event, subject, account)| Job::TellPerson { kind: word(kind), event: *event, subject: *subject, account: account.0 });
    store::put_many(tx, cx, jobs.zip(each).map(|(job, (_, subject, _))| (job, *subject, None, cx.now())).collect()).await
}

/// Sends short messages, none before its moment.
pub async fn sms_each(tx: &WriteTx, cx: &Cx, each: Vec<(Uuid, Phone, String, Timestamp)>) -> Result<(), ApiError> {
    let mut rows = Vec::with_capacity(each.len());
    for (subject, phone, text, at) in each {
        let message = Message { phone: phone.reveal().to_owned(), text, code: None };
        rows.push((Job::Sms, subject, Some(seal(cx, &message)?), at));
    }
    store::put_many(tx, cx, rows).await
}

/// Tells those a topic concerns of `event`; with the version at which it happened, everyone of its cluster.
pub async fn tell_topic(
    tx: &WriteTx,
    cx: &Cx,
    kind: NoticeKind,
    event: Uuid,
    topic: TopicId,
    version: Option<i64>,
    audience: Audience,
) -> Result<(), ApiError> {
    let job = Job::TellTopic { kind: word(kind), event, topic: topic.0, version, audience };
    store::put(tx, cx, &job, topic.0, None).await
}

/// Sends a short message to a phone.
pub async fn sms(tx: &WriteTx, cx: &Cx, subject: Uuid, phone: &Phone, text: String) -> Result<(), ApiError> {
    let message = Message { phone: phone.reveal().to_owned(), text, code: None };
    store::put(tx, cx, &Job::Sms, subject, Some(seal(cx, &message)?)).await
}

/// Sends a sign-in code.
pub async fn sign_in_code(tx: &WriteTx, cx: &Cx, request: Uuid, phone: &Phone, code: &str) -> Result<(), ApiError> {
    let text = format!("【商议】登录验证码{code}，5分钟内有效。请勿告诉他人。Your sign-in code is {code}.");
    let message = Message { phone: phone.reveal().to_owned(), text, code: Some(code.to_owned()) };
    store::put(tx, cx, &Job::SignInCode, request, Some(seal(cx, &message)?)).await
}

fn word(kind: NoticeKind) -> String {
    use sea_orm::ActiveEnum;
    kind.to_value()
}

fn seal(cx: &Cx, message: &Message) -> Result<Vec<u8>, ApiError> {
    let plain = serde_json::to_vec(message).map_err(|_| ApiError::broken("writing a message"))?;
    crypto::seal(&cx.app().keys.derived("outbox"), b"outbox.secret", &plain).ok_or_else(|| ApiError::broken("sealing a message"))
}
