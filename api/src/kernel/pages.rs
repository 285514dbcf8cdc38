use super::crypto::{self, KeyBytes};
use super::errors::ApiError;
use super::says::say;
use async_graphql::connection::{Connection, ConnectionNameType, Edge, EdgeNameType, EmptyFields};
use async_graphql::{ObjectType, OutputType};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The largest page.
pub const MOST: i32 = 50;
/// The page when none is asked for.
pub const USUAL: i32 = 20;

/// How many rows of a list a field costs, for the complexity of an operation.
pub const fn rows(first: Option<i32>) -> usize {
    match first {
        Some(first) if first > 0 && first <= MOST => first as usize,
        Some(_) => MOST as usize,
        None => USUAL as usize,
    }
}

/// A page of a list: where it begins and how long it is.
#[derive(Debug)]
pub struct Page {
    list: String,
    first: usize,
    after: Option<Vec<String>>,
    key: KeyBytes,
}

impl Page {
    /// Reads `first` and `after` of the list called `list` (its field, filters and order: a cursor fits only there).
    pub fn read(list: impl Into<String>, key: KeyBytes, first: Option<i32>, after: Option<&str>) -> Result<Self, ApiError> {
        let list = list.into();
        let first = first.unwrap_or(USUAL);
        if !(1..=MOST).contains(&first) {
            return Err(ApiError::bad_input("first", say(format!("每页可取1到{MOST}条。"), format!("A page holds 1 to {MOST} items."))));
        }
        let after = match after {
            None => None,
            Some(cursor) => Some(decode(&list, &key, cursor).ok_or_else(|| {
                ApiError::bad_input(
                    "after",
                    say("翻页位置无效，请从第一页重新开始。", "This cursor does not belong to this list; please start from the first page."),
                )
            })?),
        };
        Ok(Self { list, first: first.unsigned_abs() as usize, after, key })
    }

    /// One more than the page, to know whether there is a next one.
    pub fn limit(&self) -> u64 {
        self.first as u64 + 1
    }

    /// The key of the row after which the page begins, in `N` parts.
    pub fn after<const N: usize>(&self) -> Option<[&str; N]> {
        let parts = self.after.as_ref()?;
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        parts.try_into().ok()
    }

    /// Makes the connection of the rows found, each with its key.
    pub fn connect<T: OutputType>(&self, rows: impl IntoIterator<Item = (Vec<String>, T)>) -> Connection<String, T> {
        self.connect_with(rows.into_iter().map(|(key, node)| (key, node, EmptyFields)))
    }

    /// [`Page::connect`] where each edge says more of its row than its node does.
    pub fn connect_with<T, E, N, M>(&self, rows: impl IntoIterator<Item = (Vec<String>, T, E)>) -> Connection<String, T, EmptyFields, E, N, M>
    where
        T: OutputType,
        E: ObjectType,
        N: ConnectionNameType,
        M: EdgeNameType,
    {
        let edge = |(key, node, more): (Vec<String>, T, E)| Edge::with_additional_fields(encode(&self.list, &self.key, &key), node, more);
        let mut edges: Vec<_> = rows.into_iter().map(edge).collect();
        let more = edges.len() > self.first;
        edges.truncate(self.first);
        let mut connection = Connection::new(self.after.is_some(), more);
        connection.edges = edges;
        connection
    }
}

const MAC: usize = 9;

fn encode(list: &str, key: &KeyBytes, parts: &[String]) -> String {
    let text = parts.join("\n");
    let mut bytes = crypto::mac(key, &[list.as_bytes(), text.as_bytes()])[..MAC].to_vec();
    bytes.extend_from_slice(text.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(list: &str, key: &KeyBytes, cursor: &str) -> Option<Vec<String>> {
    if cursor.len() > 512 {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (mac, text) = bytes.split_at_checked(MAC)?;
    if !crypto::equal(mac, &crypto::mac(key, &[list.as_bytes(), text])[..MAC]) {
        return None;
    }
    Some(std::str::from_utf8(text).ok()?.split('\n').map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cursor_fits_only_its_list() {
        let key = [1; 32];
        let cursor = encode("topics NEWEST", &key, &["12".into(), "ab".into()]);
        let page = Page::read("topics NEWEST", key, Some(5), Some(&cursor)).unwrap();
        assert_eq!(page.after::<2>(), Some(["12", "ab"]));
        for (list, key) in [("topics MOST_SUPPORTED", key), ("topics NEWEST", [2; 32])] {
            assert!(Page::read(list, key, Some(5), Some(&cursor)).is_err());
        }
        for first in [-1, 0, 51, i32::MIN] {
            assert!(Page::read("topics NEWEST", key, Some(first), None).is_err(), "{first}");
        }
    }

    proptest! {
        #[test]
        fn no_made_up_cursor_is_taken(cursor in ".{0,80}") {
            prop_assert!(decode("topics", &[3; 32], &cursor).is_none());
        }
    }
}
