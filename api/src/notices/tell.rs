//! Carries a notice into the inboxes of everyone it concerns, a batch a transaction.
use super::outbox::{Audience, Job};
use super::store::{self, After};
use crate::app::App;
use crate::kernel::{ApiError, WriteTx};
use sea_orm::ActiveEnum;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{AccountId, TopicId, outbox};

/// People told in one transaction.
const BATCH: u64 = 500;

/// Tells the next batch, in the transaction that also remembers how far it came: a worker killed between two batches
/// is followed by one that goes on, and a batch told twice changes nothing.
pub(super) async fn batch(tx: &WriteTx, app: &App, row: &outbox::Model, job: &Job) -> Result<After, ApiError> {
    match job {
        Job::TellPerson { kind, event, subject, account } => {
            store::deliver(tx, &app.clock, read(kind)?, *event, [(AccountId(*account), *subject)]).await?;
            Ok(After::Done)
        }
        Job::TellTopic { kind, event, topic, version, audience } => {
            let kind = read(kind)?;
            let concerned = crate::topics::concerned(&**tx, TopicId(*topic), *version).await?;
            if row.progress.is_none() && *audience != Audience::Backers {
                let authors = concerned.iter().filter_map(|one| Some((one.author?, one.topic.0)));
                store::deliver(tx, &app.clock, kind, *event, authors).await?;
            }
            if *audience == Audience::Author {
                return Ok(After::Done);
            }
            let topics: Vec<TopicId> = concerned.iter().map(|one| one.topic).collect();
            let (backers, last) = crate::topics::backers_at(&**tx, &topics, row.created_at, row.progress, BATCH).await?;
            store::deliver(tx, &app.clock, kind, *event, backers.into_iter().map(|(account, topic)| (account, topic.0))).await?;
            Ok(last.map_or(After::Done, After::GoOnFrom))
        }
        Job::Sms | Job::SignInCode => Err(ApiError::broken("a message in the lane of notices")),
    }
}

fn read(kind: &String) -> Result<NoticeKind, ApiError> {
    NoticeKind::try_from_value(kind).map_err(|_| ApiError::broken("a delivery of an unknown kind"))
}
