use super::store;
use crate::kernel::{ApiError, Cx, Gid, say};
use async_graphql::{InputObject, SimpleObject};
use shangyi_entities::NoticeId;

/// Which notices have been read.
#[derive(InputObject)]
pub struct MarkNoticesReadInput {
    /// Their ids, at most 100; left out: all there are now.
    pub ids: Option<Vec<Gid<NoticeId>>>,
}

/// What was marked.
#[derive(SimpleObject)]
pub struct MarkNoticesReadPayload {
    /// How many became read by this call.
    pub marked: i64,
    /// How many remain unread.
    pub unread: i64,
}

pub(super) async fn run(cx: &Cx, input: MarkNoticesReadInput) -> Result<MarkNoticesReadPayload, ApiError> {
    let account = cx.account()?;
    if input.ids.as_ref().is_some_and(|ids| ids.len() > 100) {
        return Err(ApiError::bad_input("ids", say("一次最多标记100条。", "At most 100 notices at a time.")));
    }
    let ids: Option<Vec<NoticeId>> = input.ids.map(|ids| ids.into_iter().map(|id| id.0).collect());
    let ids = ids.as_deref();
    let marked = cx.app().db.write_plain(|tx| async move { Ok(store::mark_read(&tx, cx, account, ids).await?) }).await?;
    Ok(MarkNoticesReadPayload { marked, unread: store::unread(cx).await? })
}
