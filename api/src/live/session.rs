use serde::{Deserialize, Serialize};
use shangyi_entities::{AccountId, SessionId, Timestamp};
use uuid::Uuid;

/// A sign-in on one device.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    /// Its id.
    #[serde(with = "id")]
    pub id: SessionId,
    /// Whose it is.
    #[serde(with = "account")]
    pub account: AccountId,
    /// The `signIn` request it began by.
    pub request_id: Uuid,
    /// What the phone called itself.
    pub device: String,
    /// When it began, in microseconds.
    pub created_at: i64,
    /// When it was last refreshed.
    pub refreshed_at: i64,
    /// When it ends unless refreshed.
    pub expires_at: i64,
    /// The refresh token that is good now; every use makes the next.
    pub generation: u32,
}

/// A session not refreshed for so long ends: 60 days.
pub const LIFETIME_SECONDS: i64 = 60 * 86_400;
/// A refresh token just used answers its successor again for so long: the answer may have been lost.
pub const GRACE_SECONDS: i64 = 30;

/// What came of using a refresh token.
#[derive(Clone, Debug)]
pub enum Refresh {
    /// The session goes on; its generation is the successor's.
    Renewed(Session),
    /// There is no such session, or it has run out.
    Gone,
    /// A token was used twice: somebody else has it. The session has been ended.
    Reused,
}

impl Session {
    /// Whether it has run out.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.expires_at <= now.0
    }

    /// Applies the use of the token of `generation`; `None` means it was used twice. Redis runs the same in Lua.
    pub fn renewed(mut self, generation: u32, now: Timestamp) -> Option<Self> {
        if generation == self.generation {
            self.generation += 1;
            self.refreshed_at = now.0;
            self.expires_at = now.plus_seconds(LIFETIME_SECONDS).0;
            return Some(self);
        }
        let just_used = generation + 1 == self.generation && now.0 - self.refreshed_at <= GRACE_SECONDS * 1_000_000;
        just_used.then_some(self)
    }
}

macro_rules! hex_id {
    ($module:ident, $name:ident) => {
        mod $module {
            use serde::{Deserialize, Deserializer, Serialize, Serializer};
            use shangyi_entities::$name;
            use uuid::Uuid;

            pub(super) fn serialize<S: Serializer>(id: &$name, to: S) -> Result<S::Ok, S::Error> {
                id.0.serialize(to)
            }

            pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<$name, D::Error> {
                Uuid::deserialize(from).map($name)
            }
        }
    };
}

hex_id!(id, SessionId);
hex_id!(account, AccountId);

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        Session {
            id: SessionId(Uuid::nil()),
            account: AccountId(Uuid::nil()),
            request_id: Uuid::nil(),
            device: String::new(),
            created_at: 0,
            refreshed_at: 0,
            expires_at: 1,
            generation: 3,
        }
    }

    #[test]
    fn a_token_just_used_answers_the_same_successor_for_thirty_seconds() {
        let once = session().renewed(3, Timestamp(0)).unwrap();
        assert_eq!(once.generation, 4);
        assert_eq!(once.clone().renewed(3, Timestamp(30_000_000)).unwrap().generation, 4);
        assert!(once.clone().renewed(3, Timestamp(30_000_001)).is_none(), "too late: somebody else has it");
        let twice = once.renewed(4, Timestamp(1)).unwrap();
        assert!(twice.renewed(3, Timestamp(2)).is_none(), "its successor has been used");
    }
}
