//! Whose visit ended by itself is asked for its log, once.
use super::store;
use crate::app::App;
use crate::kernel::cx::Who;
use crate::kernel::{ApiError, Cx, Locale};
use crate::notices::outbox;
use shangyi_entities::TypedId;
use shangyi_entities::notice::NoticeKind;

/// Members asked in one transaction.
const BATCH: u64 = 200;
/// What ended longer ago cannot be entered any more.
const SINCE: i64 = super::enter::OLDEST;

/// Leaves a notice for the next batch; whether there may be more.
pub async fn run(app: &App) -> Result<bool, ApiError> {
    let cx = &Cx::new(app.clone(), Who::Nobody, Locale::Zh, None, "worker".to_owned());
    app.db
        .write_plain(|tx| async move {
            let rows = store::to_ask(&tx, cx.now(), cx.now().plus_seconds(-SINCE), BATCH).await?;
            for row in &rows {
                outbox::tell_person(&tx, cx, NoticeKind::StudioLogAsked, row.id.uuid(), row.id.uuid(), row.account_id).await?;
            }
            let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
            store::asked(&tx, &ids).await?;
            Ok(rows.len() as u64 == BATCH)
        })
        .await
}
