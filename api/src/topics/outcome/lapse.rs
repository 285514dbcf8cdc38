//! What the author was asked for and did not supply within ten working days: the topic lapses, and can go on later.
use super::super::handed::plainly;
use super::super::moves::{self, Move};
use super::super::step::{self, Mover, Note, Step};
use super::super::{clocks, store as topics};
use crate::app::App;
use crate::calendar::deadlines;
use crate::kernel::cx::Who;
use crate::kernel::{ApiError, Cx, Locale};
use crate::notices::outbox::Audience;
use shangyi_entities::deadline::DeadlineKind;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::topic_event::TopicEventKind;
use shangyi_entities::{TopicId, TypedId, topic};
use uuid::Uuid;

/// Topics of one transaction.
const BATCH: u64 = 100;

/// Lets the next batch lapse; whether there may be more.
pub async fn lapse(app: &App) -> Result<bool, ApiError> {
    let cx = &Cx::new(app.clone(), Who::Nobody, Locale::Zh, None, "worker".to_owned());
    app.db
        .write_plain(|tx| async move {
            let passed = deadlines::passed(&tx, cx, DeadlineKind::TopicSupplement, BATCH).await?;
            let more = passed.len() as u64 == BATCH;
            for subject in passed {
                let Some(row) = topics::locked(&tx, TopicId::of(subject)).await? else { continue };
                let Some(to) = moves::by_itself(Move::Lapse, row.state, row.reopened) else {
                    // Supplied this very moment by another request.
                    deadlines::close_all(&tx, cx, subject, clocks::ALL).await?;
                    continue;
                };
                let step = Step {
                    operation: "lapseTopic",
                    request_id: Uuid::nil(),
                    topic: row.id,
                    expected_version: None,
                    kind: Move::Lapse,
                    what: TopicEventKind::Lapsed,
                    reason: None,
                    note: Note::None,
                    tell: Some((NoticeKind::TopicLapsed, Audience::Author)),
                };
                plainly(step::make(&tx, cx, &Mover::itself(), &step, &row, Some(to), topic::ActiveModel::default()).await)?;
            }
            Ok(more)
        })
        .await
}
