use super::{CalendarFeed, store};
use crate::audit;
use crate::kernel::{ApiError, Cx, Gid};
use async_graphql::{InputObject, SimpleObject};
use shangyi_entities::CalendarFeedId;

/// Which feed to end.
#[derive(InputObject)]
pub struct RevokeCalendarFeedInput {
    /// One's own feed.
    pub feed_id: Gid<CalendarFeedId>,
}

/// The feeds that are left.
#[derive(SimpleObject)]
pub struct RevokeCalendarFeedPayload {
    /// Those still in use.
    pub feeds: Vec<CalendarFeed>,
}

pub(super) async fn run(cx: &Cx, input: RevokeCalendarFeedInput) -> Result<RevokeCalendarFeedPayload, ApiError> {
    let (account, id) = (cx.account()?, input.feed_id.0);
    if store::by_id(cx, id).await?.is_none_or(|feed| feed.account_id != account) {
        return Err(ApiError::not_found("这个日历地址", "This feed"));
    }
    cx.app()
        .db
        .write_plain(|tx| async move {
            if store::revoke(&tx, account, id, cx.now()).await? {
                audit::record(&tx, cx, audit::Entry::new("revokeCalendarFeed", "RESIDENT", id)).await?;
            }
            Ok(())
        })
        .await?;
    Ok(RevokeCalendarFeedPayload { feeds: store::of_account(cx, account).await?.into_iter().map(CalendarFeed::from).collect() })
}
