use super::{Campaign, store};
use crate::kernel::pages::Page;
use crate::kernel::{ApiError, Cx, Gid};
use async_graphql::connection::Connection;

/// Campaigns, the newest first.
pub(super) async fn all(
    cx: &Cx,
    division: Option<&str>,
    open: Option<bool>,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<Connection<String, Campaign>, ApiError> {
    let page = Page::read(format!("campaigns {division:?} {open:?}"), cx.app().keys.derived("cursor"), first, after)?;
    if let Some(code) = division {
        crate::organisation::require_code("divisionCode", code)?;
    }
    let rows = store::page(cx, division, open, &page).await?;
    Ok(page.connect(rows.into_iter().map(|row| (vec![Gid(row.id).to_string()], Campaign(row)))))
}
