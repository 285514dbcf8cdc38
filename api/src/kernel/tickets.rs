//! Addresses that give a file once: signed, so that a made-up one costs no look into the database, and remembered there,
//! so that it is used up by the first who comes.
use super::crypto;
use super::cx::Cx;
use super::errors::{ApiError, OrInternal};
use crate::app::App;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter};
use shangyi_entities::{AccountId, FileTicketId, Timestamp, file_ticket};
use uuid::Uuid;

/// Seconds that an address lives.
const LIVES: i64 = 300;
const MAC: usize = 16;

/// An address that was given out.
pub struct Ticket {
    /// What stands in the address.
    pub token: String,
    /// Until when it can be used.
    pub expires_at: Timestamp,
}

/// What an address is good for.
pub struct Redeemed {
    /// Of what.
    pub subject: Uuid,
    /// What else was asked for.
    pub detail: String,
    /// Who asked.
    pub account: AccountId,
}

fn sign(app: &App, id: FileTicketId, expires_at: Timestamp) -> Vec<u8> {
    crypto::mac(&app.keys.derived("file addresses"), &[id.0.as_bytes(), &expires_at.0.to_be_bytes()])[..MAC].to_vec()
}

/// Gives an address for `kind` of `subject` to the account that asks.
pub async fn issue(cx: &Cx, kind: &str, subject: Uuid, detail: &str) -> Result<Ticket, ApiError> {
    let (id, expires_at) = (cx.new_id::<FileTicketId>(), cx.now().plus_seconds(LIVES));
    let row = file_ticket::Model {
        id,
        kind: kind.to_owned(),
        subject_id: subject,
        detail: detail.to_owned(),
        account_id: cx.account()?,
        expires_at,
        used_at: None,
    };
    let row = &row;
    cx.app()
        .db
        .write_plain(|tx| async move {
            let row = file_ticket::ActiveModel::from(row.clone()).reset_all();
            file_ticket::Entity::insert(row).exec_without_returning(&*tx).await.internal("giving out an address")?;
            Ok(())
        })
        .await?;
    let bytes = [id.0.as_bytes().as_slice(), &expires_at.0.to_be_bytes(), &sign(cx.app(), id, expires_at)].concat();
    Ok(Ticket { token: URL_SAFE_NO_PAD.encode(bytes), expires_at })
}

/// Uses an address up; `None` where it was never given out, is over, or was used before.
pub async fn redeem(app: &App, kind: &str, token: &str) -> Result<Option<Redeemed>, ApiError> {
    use file_ticket::Column as C;
    let now = app.clock.now();
    let Some(id) = read(app, token, now) else { return Ok(None) };
    app.db
        .write_plain(|tx| async move {
            let taken = file_ticket::Entity::update_many()
                .col_expr(C::UsedAt, Expr::value(now))
                .filter(C::Id.eq(id))
                .filter(C::Kind.eq(kind))
                .filter(C::UsedAt.is_null())
                .exec(&*tx)
                .await
                .internal("using an address")?;
            if taken.rows_affected == 0 {
                return Ok(None);
            }
            let row = file_ticket::Entity::find_by_id(id).one(&*tx).await.internal("using an address")?;
            Ok(row.map(|row| Redeemed { subject: row.subject_id, detail: row.detail, account: row.account_id }))
        })
        .await
}

fn read(app: &App, token: &str, now: Timestamp) -> Option<FileTicketId> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (id, rest) = bytes.split_first_chunk::<16>()?;
    let (expires, mac) = rest.split_first_chunk::<8>()?;
    let (id, expires) = (FileTicketId(Uuid::from_bytes(*id)), Timestamp(i64::from_be_bytes(*expires)));
    (crypto::equal(mac, &sign(app, id, expires)) && now < expires).then_some(id)
}
