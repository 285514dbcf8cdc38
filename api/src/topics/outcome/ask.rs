//! Four weeks after an answer its authors are asked whether it was kept, once.
use super::super::store as topics;
use super::super::tell;
use super::{confirm, store};
use crate::app::App;
use crate::kernel::cx::Who;
use crate::kernel::{ApiError, Cx, Locale};
use crate::notices::outbox;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{TopicEventId, TypedId};

/// Topics of one transaction.
const BATCH: u64 = 100;

/// Asks about the next batch; whether there may be more.
pub async fn ask_authors(app: &App) -> Result<bool, ApiError> {
    let cx = &Cx::new(app.clone(), Who::Nobody, Locale::Zh, None, "worker".to_owned());
    app.db
        .write_plain(|tx| async move {
            let rows = store::to_ask(&tx, cx.now(), BATCH).await?;
            for row in &rows {
                let Some((answer, _)) = topics::last_answer(&tx, row.id).await? else { continue };
                let waiting = confirm::waiting(&tx, cx, row.id, answer).await?;
                // One event for all who are asked: an author of two of the topics is asked once.
                let event: TopicEventId = cx.new_id();
                let callers = waiting.iter().filter_map(|one| Some((one.caller?, one.title.clone()))).collect();
                tell::by_message(&tx, cx, NoticeKind::TopicConfirmAsked, callers, None).await?;
                for one in &waiting {
                    let Some(author) = one.author else { continue };
                    outbox::tell_person(&tx, cx, NoticeKind::TopicConfirmAsked, event.uuid(), one.topic.uuid(), author).await?;
                }
            }
            let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
            store::asked(&tx, &ids).await?;
            Ok(rows.len() as u64 == BATCH)
        })
        .await
}
