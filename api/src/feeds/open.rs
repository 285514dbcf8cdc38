use super::{CalendarFeed, store};
use crate::audit;
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, crypto, say};
use async_graphql::{InputObject, SimpleObject};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use shangyi_entities::calendar_feed;

/// How to call a feed.
#[derive(InputObject)]
pub struct OpenCalendarFeedInput {
    /// For oneself, such as the calendar that reads it; at most 30 characters.
    pub name: String,
}

/// The address, this once.
#[derive(SimpleObject)]
pub struct OpenCalendarFeedPayload {
    /// The feed.
    pub feed: CalendarFeed,
    /// The path on this server. Whoever has it reads one's calendar: pass it to nobody. It is kept nowhere; where it is lost, make another.
    pub path: String,
}

const NAME: Rule = Rule { field: "name", name: ("名称", "The name"), most: 30 };
/// Feeds of one person.
const MOST: u64 = 10;

/// By what a secret is kept.
pub(super) fn hash(cx: &Cx, secret: &[u8]) -> Vec<u8> {
    crypto::mac(&cx.app().keys.derived("calendar feeds"), &[secret]).to_vec()
}

pub(super) async fn run(cx: &Cx, input: OpenCalendarFeedInput) -> Result<OpenCalendarFeedPayload, ApiError> {
    let account = cx.account()?;
    let name = text::clean_line(&NAME, &input.name)?;
    let secret: [u8; 24] = crypto::random();
    let row =
        calendar_feed::Model { id: cx.new_id(), account_id: account, secret_hash: hash(cx, &secret), name, created_at: cx.now(), revoked_at: None };
    let row = &row;
    cx.app()
        .db
        .write_plain(|tx| async move {
            if store::count(&tx, account).await? >= MOST {
                let text = say(
                    format!("最多可有{MOST}个日历地址，请先停用不用的。"),
                    format!("There are {MOST} feeds at most; please revoke one that is not used."),
                );
                return Err(ApiError::bad_input("name", text).into());
            }
            store::insert(&tx, row.clone()).await?;
            Ok(audit::record(&tx, cx, audit::Entry::new("openCalendarFeed", "RESIDENT", row.id)).await?)
        })
        .await?;
    let path = format!("/calendar/{}.ics", URL_SAFE_NO_PAD.encode(secret));
    Ok(OpenCalendarFeedPayload { feed: row.clone().into(), path })
}
