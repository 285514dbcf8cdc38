//! Automatic persisted queries: a client sends the hash of an operation, and its text only when asked.
use crate::kernel::crypto;
use moka::sync::Cache;

/// Texts of operations by their SHA-256, the most used kept.
pub(super) struct Persisted(Cache<Vec<u8>, String>);

/// What the extension of a request says.
pub(super) enum Lookup {
    /// The text to execute.
    Text(String),
    /// The text is not known here: send it once.
    Unknown,
    /// The hash is none, or not that of the text.
    Wrong,
}

impl Default for Persisted {
    fn default() -> Self {
        // Bounded by weight: 16 MiB of texts.
        Self(Cache::builder().weigher(|_, text: &String| u32::try_from(text.len() + 256).unwrap_or(u32::MAX)).max_capacity(16 << 20).build())
    }
}

impl Persisted {
    pub(super) fn look_up(&self, hash: &str, text: &str) -> Lookup {
        let Some(hash) = unhex(hash) else { return Lookup::Wrong };
        if text.is_empty() {
            return self.0.get(&hash).map_or(Lookup::Unknown, Lookup::Text);
        }
        if crypto::sha256(text.as_bytes()) != hash {
            return Lookup::Wrong;
        }
        self.0.insert(hash, text.to_owned());
        Lookup::Text(text.to_owned())
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    (0..32).map(|n| u8::from_str_radix(&text[2 * n..2 * n + 2], 16).ok()).collect()
}
