//! People an officer enters: a name and a contact under a key of their own, no account.
use crate::kernel::phone::Phone;
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, OrInternal, WriteTx, personal};
use async_graphql::InputObject;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use shangyi_entities::caller::{self, CallerChannel};
use shangyi_entities::{CallerId, TypedId};
use std::collections::HashMap;
use uuid::Uuid;

/// Somebody without a phone for whom an officer enters. They are told by SMS, or by the officer.
#[derive(InputObject)]
pub struct Behalf {
    /// Their name, at most 30 characters.
    pub name: String,
    /// Where they can be reached, at most 100 characters; a mobile number gets the answers by SMS.
    pub contact: String,
    /// How they came.
    pub channel: CallerChannel,
}

const NAME: Rule = Rule { field: "onBehalfOf.name", name: ("来访人姓名", "The name"), most: 30 };
const CONTACT: Rule = Rule { field: "onBehalfOf.contact", name: ("联系方式", "The contact"), most: 100 };
const SEALED_NAME: &str = "callers.name";
const SEALED_CONTACT: &str = "callers.contact";

/// A caller to be entered.
#[derive(Clone, Debug)]
pub struct NewCaller {
    /// Their id.
    pub id: CallerId,
    name: String,
    contact: String,
    channel: CallerChannel,
}

impl NewCaller {
    /// What an officer typed, cleaned.
    pub fn read(cx: &Cx, given: &Behalf) -> Result<Self, ApiError> {
        let (name, contact) = (text::clean_line(&NAME, &given.name)?, text::clean_line(&CONTACT, &given.contact)?);
        Ok(Self { id: cx.new_id(), name, contact, channel: given.channel })
    }

    /// Their phone, where the contact is one.
    pub fn phone(&self) -> Option<Phone> {
        Phone::parse(&self.contact)
    }

    /// By what their phone is looked up.
    pub fn phone_hash(&self, cx: &Cx) -> Option<Vec<u8>> {
        self.phone().map(|phone| phone.hash(&cx.app().keys.derived("phone")))
    }
}

/// Enters a caller, who has a key of their own from then on.
pub async fn add(tx: &WriteTx, cx: &Cx, new: &NewCaller) -> Result<personal::PersonKey, ApiError> {
    let key = personal::create(&**tx, &cx.app().keys, new.id.uuid(), cx.now()).await?;
    let row = caller::ActiveModel {
        id: Set(new.id),
        contact_hash: Set(new.phone_hash(cx)),
        name_enc: Set(Some(key.seal(SEALED_NAME, &new.name)?)),
        contact_enc: Set(Some(key.seal(SEALED_CONTACT, &new.contact)?)),
        channel: Set(new.channel),
        entered_by: Set(cx.account()?),
        created_at: Set(cx.now()),
        erased_at: Set(None),
    };
    caller::Entity::insert(row).exec_without_returning(&**tx).await.internal("entering a caller")?;
    Ok(key)
}

/// Name, contact and channel of a caller.
pub type Caller = (String, String, CallerChannel);

/// Callers that have not been erased.
pub async fn of(db: &impl ConnectionTrait, cx: &Cx, ids: &[CallerId]) -> Result<HashMap<CallerId, Caller>, ApiError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = caller::Entity::find().filter(caller::Column::Id.is_in(ids.iter().copied())).all(db).await.internal("reading callers")?;
    let subjects: Vec<Uuid> = rows.iter().map(|row| row.id.uuid()).collect();
    let keys = personal::of_many(db, &cx.app().keys, &subjects).await?;
    let open = |row: &caller::Model| {
        let key = keys.get(&row.id.uuid())?;
        Some((key.open(SEALED_NAME, row.name_enc.as_deref()?)?, key.open(SEALED_CONTACT, row.contact_enc.as_deref()?)?, row.channel))
    };
    Ok(rows.iter().filter_map(|row| Some((row.id, open(row)?))).collect())
}
