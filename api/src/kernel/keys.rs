//! The deployment's keys, in one file of mode 0600: `shangyi keys new` makes it, `shangyi keys rotate` puts new ones in
//! front. The first of a list is used for new things; the others still open what they made.
use super::crypto::{self, KeyBytes};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What the file holds.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeysFile {
    /// Looks phones up without storing them; never rotated, since every stored hash depends on it.
    lookup: String,
    /// Wrap the keys of persons.
    master: Vec<NamedKey>,
    /// Sign access tokens (Ed25519, PKCS#8).
    signing: Vec<NamedKey>,
}

#[derive(Serialize, Deserialize, Clone)]
struct NamedKey {
    id: String,
    key: String,
}

/// A signing key and its name.
pub struct SigningKey {
    /// The `kid` of tokens signed with it.
    pub id: String,
    /// Signs.
    pub encoding: jsonwebtoken::EncodingKey,
    /// Verifies.
    pub decoding: jsonwebtoken::DecodingKey,
}

/// The deployment's keys, ready for use.
pub struct Keys {
    lookup: KeyBytes,
    master: Vec<(String, KeyBytes)>,
    /// Newest first.
    pub signing: Vec<SigningKey>,
}

impl Keys {
    /// Reads the file, or says in one sentence what is wrong with it (never its content).
    pub fn load(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        refuse_if_readable_by_others(path)?;
        let file: KeysFile = toml::from_str(&text).map_err(|_| format!("{}: not a keys file", path.display()))?;
        Self::of_file(&file).ok_or_else(|| format!("{}: a key in it is damaged", path.display()))
    }

    /// Keys that live as long as this process, for tests.
    pub fn ephemeral() -> Option<Self> {
        Self::of_file(&KeysFile::fresh()?)
    }

    fn of_file(file: &KeysFile) -> Option<Self> {
        let master = file.master.iter().map(|named| Some((named.id.clone(), symmetric(&named.key)?))).collect::<Option<Vec<_>>>()?;
        let signing = file.signing.iter().map(signing_key).collect::<Option<Vec<_>>>()?;
        if master.is_empty() || signing.is_empty() {
            return None;
        }
        Some(Self { lookup: symmetric(&file.lookup)?, master, signing })
    }

    /// The master key for new person keys.
    pub fn master(&self) -> (&str, &KeyBytes) {
        let (id, key) = &self.master[0];
        (id, key)
    }

    /// The master key of that name.
    pub fn master_of(&self, id: &str) -> Option<&KeyBytes> {
        self.master.iter().find(|(name, _)| name == id).map(|(_, key)| key)
    }

    /// A key for one purpose, derived from the one that is never rotated.
    pub fn derived(&self, purpose: &str) -> KeyBytes {
        let mut key = [0; 32];
        key.copy_from_slice(&crypto::mac(&self.lookup, &[purpose.as_bytes()])[..32]);
        key
    }
}

impl KeysFile {
    fn fresh() -> Option<Self> {
        Some(Self { lookup: BASE64.encode(crypto::random::<32>()), master: vec![fresh_master()], signing: vec![fresh_signing()?] })
    }
}

/// Makes a new keys file; refuses to write over one.
pub fn create(path: &Path) -> Result<(), String> {
    let file = KeysFile::fresh().ok_or("no signing key could be made")?;
    write(path, &file, true)
}

/// What to put a new one of in front of the old ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotate {
    /// The key that signs access tokens.
    Signing,
    /// The key that wraps persons' keys.
    Master,
}

/// Puts a new key in front of the old ones.
pub fn rotate(path: &Path, what: Rotate) -> Result<(), String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut file: KeysFile = toml::from_str(&text).map_err(|_| format!("{}: not a keys file", path.display()))?;
    match what {
        Rotate::Master => file.master.insert(0, fresh_master()),
        Rotate::Signing => {
            file.signing.insert(0, fresh_signing().ok_or("no signing key could be made")?);
            // Access tokens live 15 minutes: two predecessors cover any hurry.
            file.signing.truncate(3);
        }
    }
    write(path, &file, false)
}

fn write(path: &Path, file: &KeysFile, new: bool) -> Result<(), String> {
    use std::io::Write;
    let problem = |error: std::io::Error| format!("{}: {error}", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(problem)?;
    }
    let text = toml::to_string(file).map_err(|_| "the keys could not be written".to_owned())?;
    // Whole or not at all: written beside, then renamed.
    let beside = path.with_extension("new");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(&beside).map_err(problem)?;
    out.write_all(text.as_bytes()).and_then(|()| out.sync_all()).map_err(problem)?;
    if new {
        // A link refuses to replace an existing file; a rename would not.
        let linked = std::fs::hard_link(&beside, path).map_err(problem);
        std::fs::remove_file(&beside).map_err(problem)?;
        return linked;
    }
    std::fs::rename(&beside, path).map_err(problem)
}

#[cfg(unix)]
fn refuse_if_readable_by_others(path: &Path) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).map_err(|error| format!("{}: {error}", path.display()))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(format!("{}: others can read it; run: chmod 600 {}", path.display(), path.display()));
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_if_readable_by_others(_: &Path) -> Result<(), String> {
    Ok(())
}

fn fresh_master() -> NamedKey {
    NamedKey { id: name(), key: BASE64.encode(crypto::random::<32>()) }
}

fn fresh_signing() -> Option<NamedKey> {
    let document = aws_lc_rs::signature::Ed25519KeyPair::generate_pkcs8(&aws_lc_rs::rand::SystemRandom::new()).ok()?;
    Some(NamedKey { id: name(), key: BASE64.encode(document.as_ref()) })
}

fn name() -> String {
    crypto::random::<6>().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn symmetric(text: &str) -> Option<KeyBytes> {
    BASE64.decode(text).ok()?.try_into().ok()
}

fn signing_key(named: &NamedKey) -> Option<SigningKey> {
    use aws_lc_rs::signature::KeyPair;
    let pkcs8 = BASE64.decode(&named.key).ok()?;
    let pair = aws_lc_rs::signature::Ed25519KeyPair::from_pkcs8(&pkcs8).ok()?;
    Some(SigningKey {
        id: named.id.clone(),
        encoding: jsonwebtoken::EncodingKey::from_ed_der(&pkcs8),
        decoding: jsonwebtoken::DecodingKey::from_ed_der(pair.public_key().as_ref()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rotation_keeps_what_old_keys_made_readable() {
        let folder = std::env::temp_dir().join(format!("shangyi-keys-{}", name()));
        let path = folder.join("keys.toml");
        create(&path).unwrap();
        let before = Keys::load(&path).unwrap();
        assert!(create(&path).is_err(), "never written over");
        rotate(&path, Rotate::Master).unwrap();
        assert_eq!(Keys::load(&path).unwrap().signing[0].id, before.signing[0].id);
        rotate(&path, Rotate::Signing).unwrap();
        let after = Keys::load(&path).unwrap();
        assert_ne!(after.master().0, before.master().0);
        assert!(after.master_of(before.master().0).is_some());
        assert_eq!(after.signing[1].id, before.signing[0].id);
        assert_eq!(after.derived("phone"), before.derived("phone"));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
