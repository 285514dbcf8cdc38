use super::{CalendarFeed, store};
use crate::audit;
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid, Stop, Text, crypto, replay, say};
use async_graphql::{InputObject, SimpleObject, Union};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use shangyi_entities::{CalendarFeedId, TypedId, calendar_feed};
use uuid::Uuid;

/// How to call a feed.
#[derive(InputObject)]
pub struct OpenCalendarFeedInput {
    /// Made by the phone; sent again with the same one, the same address is answered again.
    pub request_id: Uuid,
    /// For oneself, such as the calendar that reads it; at most 30 characters.
    pub name: String,
}

/// The address.
#[derive(SimpleObject)]
pub struct OpenCalendarFeedPayload {
    /// The feed.
    pub feed: CalendarFeed,
    /// The path on this server. Whoever has it reads one's calendar: pass it to nobody. It is kept nowhere; where it is lost, make another.
    pub path: String,
    /// Whether this request had been done before.
    pub replayed: bool,
}

/// No further address.
#[derive(SimpleObject)]
pub struct CalendarFeedRefused {
    /// `LIMIT_REACHED`: there are 10 in use already. `REVOKED`: the feed that this request made is in use no more.
    pub code: String,
    /// The sentence to show, with the next step.
    pub message: String,
}

/// The address, or why not.
#[derive(Union)]
pub enum OpenCalendarFeedResult {
    /// Done.
    Done(OpenCalendarFeedPayload),
    /// Refused.
    Refused(CalendarFeedRefused),
}

const NAME: Rule = Rule { field: "name", name: ("名称", "The name"), most: 30 };
/// Feeds of one person.
const MOST: u64 = 10;

/// By what a secret is kept.
pub(super) fn hash(cx: &Cx, secret: &[u8]) -> Vec<u8> {
    crypto::mac(&cx.app().keys.derived("calendar feeds"), &[secret]).to_vec()
}

/// The secret of a feed: made of what only this server knows, so that nothing of it has to be kept to answer a request again.
fn secret(cx: &Cx, id: CalendarFeedId) -> [u8; 24] {
    let mac = crypto::mac(&cx.app().keys.derived("calendar feed secrets"), &[id.uuid().as_bytes()]);
    std::array::from_fn(|place| mac.get(place).copied().unwrap_or_default())
}

pub(super) async fn run(cx: &Cx, input: OpenCalendarFeedInput) -> Result<OpenCalendarFeedResult, ApiError> {
    let account = cx.account()?;
    let name = text::clean_line(&NAME, &input.name)?;
    let id: CalendarFeedId = cx.new_id();
    let secret_hash = hash(cx, &secret(cx, id));
    let row = calendar_feed::Model { id, account_id: account, secret_hash, name, created_at: cx.now(), revoked_at: None };
    let (input, row) = (&input, &row);
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            let made = Some(Gid(row.id).to_string());
            if let Some(made) = replay::remember(&tx, cx, "openCalendarFeed", input.request_id, input, made).await? {
                return Ok((made, true));
            }
            if store::count(&tx, account).await? >= MOST {
                return Err(Stop::Refused(()));
            }
            store::insert(&tx, row.clone()).await?;
            audit::record(&tx, cx, audit::Entry::new("openCalendarFeed", "RESIDENT", row.id)).await?;
            Ok((Gid(row.id).to_string(), false))
        })
        .await;
    let (made, replayed) = match done {
        Ok(done) => done,
        Err(Stop::Refused(())) => {
            let text = say(
                format!("最多可有{MOST}个日历地址，请先停用不用的。"),
                format!("There are {MOST} feeds at most; please revoke one that is not used."),
            );
            return Ok(refused(cx, "LIMIT_REACHED", &text));
        }
        Err(Stop::Failed(error)) => return Err(error),
    };
    let id = Gid::<CalendarFeedId>::parse(&made).ok_or_else(|| ApiError::broken("a remembered feed cannot be read"))?;
    let feed = store::by_id(cx, id.0).await?.ok_or_else(|| ApiError::broken("a feed is gone"))?;
    if feed.revoked_at.is_some() {
        return Ok(refused(cx, "REVOKED", &say("这个日历地址已经停用，请另建一个。", "This feed was revoked; please make another.")));
    }
    let path = format!("/calendar/{}.ics", URL_SAFE_NO_PAD.encode(secret(cx, feed.id)));
    Ok(OpenCalendarFeedResult::Done(OpenCalendarFeedPayload { feed: feed.into(), path, replayed }))
}

fn refused(cx: &Cx, code: &str, text: &Text) -> OpenCalendarFeedResult {
    OpenCalendarFeedResult::Refused(CalendarFeedRefused { code: code.to_owned(), message: cx.tell(text) })
}
