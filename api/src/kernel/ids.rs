use super::clock::Clock;
use async_graphql::registry::Registry;
use async_graphql::{
    ContextSelectionSet, InputType, InputValueError, InputValueResult, OutputType, Positioned, ServerResult, Value, parser::types::Field,
};
use shangyi_entities::TypedId;
use std::borrow::Cow;
use uuid::Uuid;

/// A typed id as the outside sees it: opaque, `topic_018f…`, one GraphQL type `ID` for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gid<T>(pub T);

impl<T: TypedId> Gid<T> {
    /// Reads `prefix_hex`; another prefix is another type's id and is refused.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix(T::PREFIX)?.strip_prefix('_')?;
        // Only the spelling we give out: an id has one form.
        if hex.len() != 32 || hex.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return None;
        }
        Uuid::try_parse(hex).ok().map(|uuid| Self(T::of(uuid)))
    }
}

impl<T: TypedId> std::fmt::Display for Gid<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}_{}", T::PREFIX, self.0.uuid().simple())
    }
}

impl<T: TypedId> InputType for Gid<T> {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        <async_graphql::ID as InputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <async_graphql::ID as InputType>::create_type_info(registry)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        match value.unwrap_or_default() {
            Value::String(text) => {
                Self::parse(&text).ok_or_else(|| InputValueError::custom(format!("not an id of this kind: expected {}_…", T::PREFIX)))
            }
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

impl<T: TypedId> OutputType for Gid<T> {
    fn type_name() -> Cow<'static, str> {
        <async_graphql::ID as InputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <async_graphql::ID as InputType>::create_type_info(registry)
    }

    async fn resolve(&self, _: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        Ok(Value::String(self.to_string()))
    }
}

/// A new id: UUIDv7 to the microsecond where ids may tell their time, random elsewhere.
#[allow(clippy::disallowed_methods, reason = "the one place that makes ids")]
pub fn new<T: TypedId>(clock: &Clock) -> T {
    if !T::TIME_ORDERED {
        return T::of(Uuid::new_v4());
    }
    T::of(at(clock.now().0, super::crypto::random()))
}

/// A UUIDv7 of a moment: milliseconds, then the microseconds within (RFC 9562 method 3), then `noise`.
pub fn at(micros: i64, noise: [u8; 10]) -> Uuid {
    let micros = u64::try_from(micros).unwrap_or_default();
    let mut bytes = *uuid::Builder::from_unix_timestamp_millis(micros / 1000, &noise).as_uuid().as_bytes();
    let within = ((micros % 1000) * 4096 / 1000) as u16;
    bytes[6] = 0x70 | (within >> 8) as u8;
    bytes[7] = (within & 0xff) as u8;
    Uuid::from_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shangyi_entities::{MemberId, TopicId};

    #[test]
    fn ids_grow_with_their_microsecond() {
        let ids: Vec<Uuid> = (0..3000).map(|n| at(1_790_000_000_000_000 + n, [0xff - (n % 256) as u8; 10])).collect();
        assert!(ids.windows(2).all(|pair| pair[0].as_bytes()[..8] <= pair[1].as_bytes()[..8]));
        assert_eq!(ids[0].get_version_num(), 7);
    }

    #[test]
    fn an_id_has_one_spelling_and_one_kind() {
        let id = Gid(TopicId::of(at(1, [7; 10])));
        assert_eq!(Gid::parse(&id.to_string()), Some(id));
        assert_eq!(Gid::<MemberId>::parse(&id.to_string()), None);
        assert_eq!(Gid::<TopicId>::parse(&id.to_string().to_uppercase()), None);
        for bad in ["", "topic", "topic_", "topic_00", "topic_{0}", "topic_urn:uuid:00000000-0000-0000-0000-000000000000"] {
            assert_eq!(Gid::<TopicId>::parse(bad), None, "{bad}");
        }
    }
}
