use super::model::Notice;
use super::store;
use crate::kernel::pages::Page;
use crate::kernel::{ApiError, Cx, Gid};
use async_graphql::connection::Connection;

pub(super) async fn run(cx: &Cx, unread_only: bool, first: Option<i32>, after: Option<&str>) -> Result<Connection<String, Notice>, ApiError> {
    let account = cx.account()?;
    let list = format!("notices {unread_only} {}", account.0);
    let page = Page::read(list, cx.app().keys.derived("cursor"), first, after)?;
    let rows = store::page(cx, account, unread_only, &page).await?;
    Ok(page.connect(rows.into_iter().map(|row| (vec![Gid(row.id).to_string()], Notice(row)))))
}
