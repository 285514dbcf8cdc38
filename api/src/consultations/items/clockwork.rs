use super::confirm::end;
use super::moves::Move;
use super::{handed, store};
use crate::app::App;
use crate::audit;
use crate::consultations::stage::facts::RATED_WITHOUT_AFTER;
use crate::consultations::stage::{step, store as stages};
use crate::kernel::cx::Who;
use crate::kernel::{ApiError, Cx, Locale, WriteTx};
use shangyi_entities::AgreedItemId;
use shangyi_entities::agreed_item::AgreedItemState;

/// Days after which nobody's word is waited for. Source: domain 7.
const UNCONFIRMED_AFTER: i64 = 28;
const BATCH: u64 = 50;
const DAY: i64 = 86_400;

/// What ends by the clock: items without a word, consultations without a rating; whether there may be more.
pub(in crate::consultations) async fn run(app: &App) -> Result<bool, ApiError> {
    let cx = &Cx::new(app.clone(), Who::Nobody, Locale::Zh, None, "clockwork".to_owned());
    let items = store::done_before(cx, cx.now().plus_seconds(-UNCONFIRMED_AFTER * DAY), BATCH).await?;
    for id in &items {
        let id = *id;
        app.db.write_plain(|tx| async move { Ok(item(&tx, cx, id).await?) }).await?;
    }
    let unrated = stages::unrated_since(cx, cx.now().plus_seconds(-RATED_WITHOUT_AFTER * DAY), BATCH).await?;
    for id in &unrated {
        let id = *id;
        app.db
            .write_plain(|tx| async move {
                stages::locked_by_itself(&tx, id).await?;
                Ok(step::settle(&tx, cx, id).await?)
            })
            .await?;
    }
    Ok(items.len() as u64 == BATCH || unrated.len() as u64 == BATCH)
}

/// Confirmed by those who have said something, closed where nobody has.
async fn item(tx: &WriteTx, cx: &Cx, id: AgreedItemId) -> Result<(), ApiError> {
    handed::lock(tx, id).await?;
    let Some(item) = store::locked(tx, id).await?.filter(|item| item.state == AgreedItemState::Done) else { return Ok(()) };
    let words = store::words_of(&**tx, &[id]).await?.remove(&id).unwrap_or_default();
    let said = words.iter().any(|word| word.round == item.round && word.kept);
    let committee = Some(item.committee_id);
    audit::record(tx, cx, audit::Entry { committee, ..audit::Entry::new("endItem", "SYSTEM", id) }).await?;
    end(tx, cx, &item, if said { Move::Confirmed } else { Move::CloseUnconfirmed }, "SYSTEM").await
}
