//! Accounts, sign-in codes and callers: the only file that names those tables.
use crate::kernel::keys::Keys;
use crate::kernel::phone::Phone;
use crate::kernel::{ApiError, Cx, OrInternal, WriteTx, crypto, personal};
use async_graphql::MaybeUndefined;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Statement};
use shangyi_entities::account::{self, VerificationLevel};
use shangyi_entities::{AccountId, CallerId, Timestamp, TypedId, caller, sign_in_code};
use std::collections::HashMap;
use uuid::Uuid;

/// Where sealed fields belong.
pub const PHONE: &str = "accounts.phone";
/// The name a person gave.
pub const NAME: &str = "accounts.name";
/// Where answers reach a person.
pub const CONTACT: &str = "accounts.contact";

/// A code is good for five minutes.
const CODE_SECONDS: i64 = 300;
/// One code a minute and phone.
pub(super) const CODE_PAUSE: i64 = 60;
const CODE_HOUR: i64 = 3600;
const CODES_PER_HOUR: i64 = 5;
const TRIES: i64 = 5;

pub(super) struct Sent {
    pub(super) sent_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

pub(super) enum Put {
    New(Sent),
    Same(Sent),
    TooSoon(i64),
}

pub(super) enum Try {
    Right,
    Wrong(i64),
    UsedUp,
    None,
}

fn code_hash(keys: &Keys, phone_hash: &[u8], code: &str) -> Vec<u8> {
    crypto::mac(&keys.derived("sign-in code"), &[phone_hash, code.as_bytes()])
}

/// The code that an earlier sending of the same request made.
pub(super) async fn code_of_request(cx: &Cx, phone_hash: &[u8], request: Uuid) -> Result<Option<Sent>, ApiError> {
    let row = sign_in_code::Entity::find_by_id(phone_hash.to_vec())
        .filter(sign_in_code::Column::RequestId.eq(request))
        .one(cx.read())
        .await
        .internal("looking for a sent code")?;
    Ok(row.map(|row| Sent { sent_at: row.sent_at, expires_at: row.expires_at }))
}

/// Stores a new code for the phone, by one statement that is also the limit: one a minute, five an hour.
pub(super) async fn put_code(tx: &WriteTx, cx: &Cx, phone_hash: &[u8], request: Uuid, code: &str) -> Result<Put, ApiError> {
    let now = cx.now();
    let sent = Sent { sent_at: now, expires_at: now.plus_seconds(CODE_SECONDS) };
    let put = tx
        .execute_raw(Statement::from_sql_and_values(
            tx.get_database_backend(),
            "INSERT INTO sign_in_codes (phone_hash, request_id, code_hash, tries, sent_at, expires_at, hour_began_at, sent_in_hour)
             VALUES ($1, $2, $3, 0, $4, $5, $4, 1)
             ON CONFLICT (phone_hash) DO UPDATE SET request_id = $2, code_hash = $3, tries = 0, sent_at = $4, expires_at = $5, used_by_request = NULL,
                 hour_began_at = CASE WHEN sign_in_codes.hour_began_at <= $6 THEN $4 ELSE sign_in_codes.hour_began_at END,
                 sent_in_hour = CASE WHEN sign_in_codes.hour_began_at <= $6 THEN 1 ELSE sign_in_codes.sent_in_hour + 1 END
             WHERE sign_in_codes.sent_at <= $7 AND (sign_in_codes.hour_began_at <= $6 OR sign_in_codes.sent_in_hour < $8)",
            [
                phone_hash.to_vec().into(),
                request.into(),
                code_hash(&cx.app().keys, phone_hash, code).into(),
                now.into(),
                sent.expires_at.into(),
                now.plus_seconds(-CODE_HOUR).into(),
                now.plus_seconds(-CODE_PAUSE).into(),
                CODES_PER_HOUR.into(),
            ],
        ))
        .await
        .internal("storing a code")?;
    if put.rows_affected() == 1 {
        return Ok(Put::New(sent));
    }
    let row = sign_in_code::Entity::find_by_id(phone_hash.to_vec()).one(&**tx).await.internal("reading a code")?;
    let Some(row) = row else { return Err(ApiError::broken("a code is gone")) };
    if row.request_id == request {
        return Ok(Put::Same(Sent { sent_at: row.sent_at, expires_at: row.expires_at }));
    }
    let after_pause = row.sent_at.plus_seconds(CODE_PAUSE).seconds_since(now);
    let after_hour = row.hour_began_at.plus_seconds(CODE_HOUR).seconds_since(now);
    Ok(Put::TooSoon(if row.sent_in_hour >= CODES_PER_HOUR { Ord::max(after_hour, after_pause) } else { after_pause }))
}

/// Counts a try against the phone's code and compares.
pub(super) async fn try_code(tx: &WriteTx, cx: &Cx, phone_hash: &[u8], request: Uuid, code: &str) -> Result<Try, ApiError> {
    use sign_in_code::Column as C;
    let good = Condition::all()
        .add(C::PhoneHash.eq(phone_hash.to_vec()))
        .add(C::ExpiresAt.gt(cx.now()))
        .add(Condition::any().add(C::UsedByRequest.is_null()).add(C::UsedByRequest.eq(request)));
    let tries = {
        use sea_orm::ExprTrait as _;
        Expr::col(C::Tries).add(1)
    };
    let tried = sign_in_code::Entity::update_many()
        .col_expr(C::Tries, tries)
        .filter(good.clone())
        .filter(C::Tries.lt(TRIES))
        .exec_with_returning(&**tx)
        .await
        .internal("trying a code")?;
    let Some(row) = tried.into_iter().next() else {
        let exhausted = sign_in_code::Entity::find().filter(good).one(&**tx).await.internal("reading a code")?;
        // Compared all the same: a phone without a code takes as long as one with.
        crypto::equal(&code_hash(&cx.app().keys, phone_hash, code), &[0; 32]);
        return Ok(if exhausted.is_some() { Try::UsedUp } else { Try::None });
    };
    if crypto::equal(&row.code_hash, &code_hash(&cx.app().keys, phone_hash, code)) {
        return Ok(Try::Right);
    }
    Ok(if row.tries >= TRIES { Try::UsedUp } else { Try::Wrong(TRIES - row.tries) })
}

/// Uses the code up for this request; `false` when another request was faster.
pub(super) async fn use_code(tx: &WriteTx, phone_hash: &[u8], request: Uuid) -> Result<bool, ApiError> {
    use sign_in_code::Column as C;
    let used = sign_in_code::Entity::update_many()
        .col_expr(C::UsedByRequest, Expr::value(request))
        .filter(C::PhoneHash.eq(phone_hash.to_vec()))
        .filter(Condition::any().add(C::UsedByRequest.is_null()).add(C::UsedByRequest.eq(request)))
        .exec(&**tx)
        .await
        .internal("using a code")?;
    Ok(used.rows_affected == 1)
}

/// The account of a phone.
pub async fn account_of_phone(db: &impl ConnectionTrait, phone_hash: &[u8]) -> Result<Option<account::Model>, ApiError> {
    account::Entity::find().filter(account::Column::PhoneHash.eq(phone_hash.to_vec())).one(db).await.internal("looking for an account")
}

/// The account of that id, unless erased.
pub async fn account(db: &impl ConnectionTrait, id: AccountId) -> Result<Option<account::Model>, ApiError> {
    account::Entity::find_by_id(id).filter(account::Column::ErasedAt.is_null()).one(db).await.internal("reading an account")
}

/// The account of the phone, made at the first sign-in.
pub(super) async fn account_for_phone(tx: &WriteTx, cx: &Cx, phone: &Phone, phone_hash: &[u8]) -> Result<account::Model, ApiError> {
    let account = match account_of_phone(&**tx, phone_hash).await? {
        Some(account) => account,
        None => add_account(&**tx, &cx.app().keys, cx.new_id(), Some(phone), None, cx.now()).await?,
    };
    if account.first_signed_in_at.is_none() {
        account::Entity::update_many()
            .col_expr(account::Column::FirstSignedInAt, Expr::value(cx.now()))
            .filter(account::Column::Id.eq(account.id))
            .exec(&**tx)
            .await
            .internal("noting the first sign-in")?;
        crate::receptions::adopt(tx, account.id, phone_hash).await?;
    }
    Ok(account)
}

/// Makes an account with its person's key; where another request was faster, that one's.
pub async fn add_account(
    db: &impl ConnectionTrait,
    keys: &Keys,
    id: AccountId,
    phone: Option<&Phone>,
    name: Option<&str>,
    now: Timestamp,
) -> Result<account::Model, ApiError> {
    let key = personal::create(db, keys, id.uuid(), now).await?;
    let phone_hash = phone.map(|phone| phone.hash(&keys.derived("phone")));
    let row = account::Model {
        id,
        phone_hash: phone_hash.clone(),
        phone_enc: key.seal_optional(PHONE, phone.map(Phone::reveal))?,
        name_enc: key.seal_optional(NAME, name)?,
        contact_enc: None,
        home_division: None,
        level: VerificationLevel::Phone,
        created_at: now,
        first_signed_in_at: None,
        erased_at: None,
        no_sms: false,
    };
    let added = account::Entity::insert(account::ActiveModel::from(row.clone()).reset_all())
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(db)
        .await
        .internal("making an account")?;
    if added == 1 {
        return Ok(row);
    }
    personal::erase(db, &[id.uuid()]).await?;
    account_of_phone(db, &phone_hash.unwrap_or_default()).await?.ok_or_else(|| ApiError::broken("an account is gone"))
}

pub(super) async fn update_profile(
    tx: &WriteTx,
    cx: &Cx,
    account: AccountId,
    name: &MaybeUndefined<String>,
    contact: &MaybeUndefined<String>,
    home: &MaybeUndefined<String>,
    short_messages: Option<bool>,
) -> Result<(), ApiError> {
    let key = personal::of(&**tx, &cx.app().keys, account.uuid()).await?.ok_or_else(ApiError::unauthenticated)?;
    let mut row = <account::ActiveModel as Default>::default();
    if !name.is_undefined() {
        row.name_enc = Set(key.seal_optional(NAME, name.value().map(String::as_str))?);
        // What an officer has checked was the other name.
        row.level = Set(VerificationLevel::Phone);
    }
    if !contact.is_undefined() {
        row.contact_enc = Set(key.seal_optional(CONTACT, contact.value().map(String::as_str))?);
    }
    if !home.is_undefined() {
        row.home_division = Set(home.value().cloned());
    }
    if let Some(wanted) = short_messages {
        row.no_sms = Set(!wanted);
    }
    account::Entity::update_many().set(row).filter(account::Column::Id.eq(account)).exec(&**tx).await.internal("updating a profile")?;
    Ok(())
}

/// Locks the account until the end of the transaction.
pub(super) async fn lock_account(tx: &WriteTx, account: AccountId) -> Result<(), ApiError> {
    let row = account::Entity::find_by_id(account).lock_exclusive().one(&**tx).await.internal("locking an account")?;
    row.filter(|row| row.erased_at.is_none()).map(|_| ()).ok_or_else(ApiError::unauthenticated)
}

/// What an officer typed for somebody with the phone of this account: theirs to erase too.
pub(super) async fn callers_of(tx: &WriteTx, account: AccountId) -> Result<Vec<CallerId>, ApiError> {
    let hash: Option<Option<Vec<u8>>> = account::Entity::find_by_id(account)
        .select_only()
        .column(account::Column::PhoneHash)
        .into_tuple()
        .one(&**tx)
        .await
        .internal("reading a phone's hash")?;
    let Some(hash) = hash.flatten() else { return Ok(Vec::new()) };
    caller::Entity::find()
        .select_only()
        .column(caller::Column::Id)
        .filter(caller::Column::ContactHash.eq(hash))
        .into_tuple()
        .all(&**tx)
        .await
        .internal("looking for callers")
}

/// Empties the account and destroys the keys of the person.
pub(super) async fn erase(tx: &WriteTx, cx: &Cx, account: AccountId, callers: &[CallerId]) -> Result<(), ApiError> {
    use account::Column as C;
    let nothing: Option<Vec<u8>> = None;
    let hash: Option<Option<Vec<u8>>> =
        account::Entity::find_by_id(account).select_only().column(C::PhoneHash).into_tuple().one(&**tx).await.internal("reading a phone's hash")?;
    if let Some(hash) = hash.flatten() {
        sign_in_code::Entity::delete_by_id(hash).exec(&**tx).await.internal("deleting a code")?;
    }
    account::Entity::update_many()
        .col_expr(C::PhoneHash, Expr::value(nothing.clone()))
        .col_expr(C::PhoneEnc, Expr::value(nothing.clone()))
        .col_expr(C::NameEnc, Expr::value(nothing.clone()))
        .col_expr(C::ContactEnc, Expr::value(nothing.clone()))
        .col_expr(C::HomeDivision, Expr::value(None::<String>))
        .col_expr(C::ErasedAt, Expr::value(cx.now()))
        .filter(C::Id.eq(account))
        .exec(&**tx)
        .await
        .internal("emptying an account")?;
    caller::Entity::update_many()
        .col_expr(caller::Column::ContactHash, Expr::value(nothing.clone()))
        .col_expr(caller::Column::NameEnc, Expr::value(nothing.clone()))
        .col_expr(caller::Column::ContactEnc, Expr::value(nothing))
        .col_expr(caller::Column::ErasedAt, Expr::value(cx.now()))
        .filter(caller::Column::Id.is_in(callers.iter().copied()))
        .exec(&**tx)
        .await
        .internal("emptying callers")?;
    let mut subjects: Vec<Uuid> = callers.iter().map(|caller| caller.uuid()).collect();
    subjects.push(account.uuid());
    personal::erase(&**tx, &subjects).await
}

/// Name and contact of people, for the desk that answers them: the contact they gave, else their phone.
pub async fn contacts_of(cx: &Cx, ids: &[AccountId]) -> Result<HashMap<AccountId, (Option<String>, String)>, ApiError> {
    let rows = account::Entity::find().filter(account::Column::Id.is_in(ids.iter().copied())).all(cx.read()).await.internal("reading contacts")?;
    let subjects: Vec<Uuid> = rows.iter().map(|row| row.id.uuid()).collect();
    let keys = personal::of_many(cx.read(), &cx.app().keys, &subjects).await?;
    let open = |row: &account::Model| {
        let key = keys.get(&row.id.uuid())?;
        let open = |place: &str, sealed: &Option<Vec<u8>>| sealed.as_deref().and_then(|sealed| key.open(place, sealed));
        let contact = open(CONTACT, &row.contact_enc).or_else(|| open(PHONE, &row.phone_enc))?;
        Some((open(NAME, &row.name_enc), contact))
    };
    Ok(rows.iter().filter_map(|row| Some((row.id, open(row)?))).collect())
}

/// Where a person lives, for the demo's people.
pub async fn set_home(db: &impl ConnectionTrait, id: AccountId, division: &str) -> Result<(), ApiError> {
    account::Entity::update_many()
        .col_expr(account::Column::HomeDivision, Expr::value(division))
        .filter(account::Column::Id.eq(id))
        .exec(db)
        .await
        .internal("noting a home")?;
    Ok(())
}

/// How far a person has shown who they are; nothing where there is no such account.
pub async fn level_of(cx: &Cx, id: AccountId) -> Result<Option<VerificationLevel>, ApiError> {
    account::Entity::find_by_id(id).select_only().column(account::Column::Level).into_tuple().one(cx.read()).await.internal("reading a level")
}

/// What other rooms need to know of an account.
#[derive(Clone, Debug)]
pub struct Known {
    /// The account.
    pub id: AccountId,
    /// By what its phone is looked up; none once it is erased.
    pub phone_hash: Option<Vec<u8>>,
    /// How far the person has shown who they are.
    pub level: VerificationLevel,
    /// Wants no short messages but sign-in codes.
    pub no_sms: bool,
    /// The code of the division they say they live in.
    pub home: Option<String>,
}

fn as_known(row: account::Model) -> Known {
    Known { id: row.id, phone_hash: row.phone_hash, level: row.level, no_sms: row.no_sms, home: row.home_division }
}

/// What is known of an account, unless erased.
pub async fn known(db: &impl ConnectionTrait, id: AccountId) -> Result<Option<Known>, ApiError> {
    Ok(account(db, id).await?.map(as_known))
}

/// [`known`] by the hash of its phone.
pub async fn known_by_phone(db: &impl ConnectionTrait, phone_hash: &[u8]) -> Result<Option<Known>, ApiError> {
    Ok(account_of_phone(db, phone_hash).await?.map(as_known))
}

/// The phones of those of these accounts who want short messages.
pub async fn phones_for_messages(tx: &WriteTx, cx: &Cx, ids: &[AccountId]) -> Result<HashMap<AccountId, Phone>, ApiError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = account::Entity::find()
        .filter(account::Column::Id.is_in(ids.iter().copied()))
        .filter(account::Column::NoSms.eq(false))
        .filter(account::Column::PhoneEnc.is_not_null())
        .all(&**tx)
        .await
        .internal("reading phones")?;
    let subjects: Vec<Uuid> = rows.iter().map(|row| row.id.uuid()).collect();
    let keys = personal::of_many(&**tx, &cx.app().keys, &subjects).await?;
    let open = |row: &account::Model| Phone::parse(&keys.get(&row.id.uuid())?.open(PHONE, row.phone_enc.as_deref()?)?);
    Ok(rows.iter().filter_map(|row| Some((row.id, open(row)?))).collect())
}

/// Notes the name that an officer has checked.
pub(super) async fn name_checked(tx: &WriteTx, cx: &Cx, id: AccountId, name: &str) -> Result<(), ApiError> {
    let key = personal::of(&**tx, &cx.app().keys, id.uuid()).await?.ok_or_else(|| ApiError::not_found("这个账号", "This account"))?;
    account::Entity::update_many()
        .col_expr(account::Column::Level, Expr::value(VerificationLevel::RealName))
        .col_expr(account::Column::NameEnc, Expr::value(key.seal(NAME, name)?))
        .filter(account::Column::Id.eq(id))
        .filter(account::Column::ErasedAt.is_null())
        .exec(&**tx)
        .await
        .internal("noting a checked name")?;
    Ok(())
}
