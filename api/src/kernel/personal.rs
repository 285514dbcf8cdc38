//! Personal fields and private texts, each under the key of the person they belong to. Deleting that key is the
//! erasure of the person: what is sealed stays in backups and history, unreadable for ever.
use super::crypto::{self, KeyBytes};
use super::errors::{ApiError, OrInternal};
use super::keys::Keys;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use shangyi_entities::{Timestamp, person_key};
use std::collections::HashMap;
use uuid::Uuid;

/// The key of one person.
pub struct PersonKey {
    subject: Uuid,
    key: KeyBytes,
}

impl PersonKey {
    /// Encrypts a text that belongs in `place` (`table.column`) of this person.
    pub fn seal(&self, place: &str, text: &str) -> Result<Vec<u8>, ApiError> {
        crypto::seal(&self.key, &bound_to(place, self.subject), text.as_bytes()).ok_or_else(|| ApiError::broken("sealing a personal field"))
    }

    /// [`PersonKey::seal`] of a text that may be missing.
    pub fn seal_optional(&self, place: &str, text: Option<&str>) -> Result<Option<Vec<u8>>, ApiError> {
        text.map(|text| self.seal(place, text)).transpose()
    }

    /// Decrypts what was sealed for `place`.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Option<String> {
        String::from_utf8(crypto::open(&self.key, &bound_to(place, self.subject), sealed)?).ok()
    }
}

fn bound_to(place: &str, subject: Uuid) -> Vec<u8> {
    [place.as_bytes(), b"\0", subject.as_bytes()].concat()
}

/// Makes the key of a new person and stores it wrapped.
pub async fn create(db: &impl ConnectionTrait, keys: &Keys, subject: Uuid, now: Timestamp) -> Result<PersonKey, ApiError> {
    let key = crypto::random();
    let (master_id, master) = keys.master();
    let wrapped = crypto::seal(master, &bound_to("person_keys.wrapped", subject), &key).ok_or_else(|| ApiError::broken("wrapping a person's key"))?;
    let row = person_key::ActiveModel { subject_id: Set(subject), master_id: Set(master_id.to_owned()), wrapped: Set(wrapped), created_at: Set(now) };
    person_key::Entity::insert(row).exec_without_returning(db).await.internal("storing a person's key")?;
    Ok(PersonKey { subject, key })
}

/// The keys of those persons who still have one.
pub async fn of_many(db: &impl ConnectionTrait, keys: &Keys, subjects: &[Uuid]) -> Result<HashMap<Uuid, PersonKey>, ApiError> {
    let rows = person_key::Entity::find()
        .filter(person_key::Column::SubjectId.is_in(subjects.iter().copied()))
        .all(db)
        .await
        .internal("reading persons' keys")?;
    Ok(rows.into_iter().filter_map(|row| unwrap(keys, &row).map(|key| (row.subject_id, key))).collect())
}

/// The key of one person, if they still have one.
pub async fn of(db: &impl ConnectionTrait, keys: &Keys, subject: Uuid) -> Result<Option<PersonKey>, ApiError> {
    Ok(of_many(db, keys, &[subject]).await?.remove(&subject))
}

/// Destroys the keys of those persons.
pub async fn erase(db: &impl ConnectionTrait, subjects: &[Uuid]) -> Result<(), ApiError> {
    person_key::Entity::delete_many()
        .filter(person_key::Column::SubjectId.is_in(subjects.iter().copied()))
        .exec(db)
        .await
        .internal("destroying persons' keys")?;
    Ok(())
}

fn unwrap(keys: &Keys, row: &person_key::Model) -> Option<PersonKey> {
    let opened =
        keys.master_of(&row.master_id).and_then(|master| crypto::open(master, &bound_to("person_keys.wrapped", row.subject_id), &row.wrapped));
    let Some(key) = opened.and_then(|bytes| bytes.try_into().ok()) else {
        tracing::error!(master = row.master_id, "a person's key cannot be unwrapped: is its master key missing from the keys file?");
        return None;
    };
    Some(PersonKey { subject: row.subject_id, key })
}

/// Wraps every person's key under the newest master key, a thousand at a time; says how many were changed.
pub async fn rewrap(db: &impl ConnectionTrait, keys: &Keys) -> Result<u64, ApiError> {
    use sea_orm::QuerySelect;
    let (newest, master) = keys.master();
    let mut changed = 0;
    loop {
        let rows =
            person_key::Entity::find().filter(person_key::Column::MasterId.ne(newest)).limit(1000).all(db).await.internal("reading persons' keys")?;
        if rows.is_empty() {
            return Ok(changed);
        }
        for row in rows {
            let person = unwrap(keys, &row).ok_or_else(|| ApiError::broken("rewrapping: a master key is missing from the keys file"))?;
            let wrapped = crypto::seal(master, &bound_to("person_keys.wrapped", row.subject_id), &person.key)
                .ok_or_else(|| ApiError::broken("wrapping a person's key"))?;
            person_key::Entity::update_many()
                .col_expr(person_key::Column::MasterId, sea_orm::sea_query::Expr::value(newest))
                .col_expr(person_key::Column::Wrapped, sea_orm::sea_query::Expr::value(wrapped))
                .filter(person_key::Column::SubjectId.eq(row.subject_id))
                .exec(db)
                .await
                .internal("rewrapping a person's key")?;
            changed += 1;
        }
    }
}
