//! The few cryptographic operations everything rests on, all from one audited library.
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::{constant_time, digest, hmac, rand};

/// A 256-bit key.
pub type KeyBytes = [u8; 32];

/// Secure random bytes. The system's generator does not fail on any platform we run on; where it would, going on
/// with predictable bytes would be worse than stopping.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if rand::fill(&mut bytes).is_err() {
        tracing::error!("the system gives no random bytes: stopping");
        std::process::abort();
    }
    bytes
}

/// SHA-256 of `data`.
pub fn sha256(data: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, data).as_ref().to_vec()
}

/// HMAC-SHA-256 of `parts` one after another, each preceded by its length so that no two lists give one text.
pub fn mac(key: &KeyBytes, parts: &[&[u8]]) -> Vec<u8> {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    context.sign().as_ref().to_vec()
}

/// HMAC-SHA-256 of one text, as other systems compute it.
pub fn plain_mac(key: &[u8], text: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text).as_ref().to_vec()
}

/// Whether two secrets are equal, in a time that tells nothing.
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(a, b).is_ok()
}

/// Encrypts `plain`; `bound_to` (which row and column it is for) must be the same to open it.
pub fn seal(key: &KeyBytes, bound_to: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
    let key = RandomizedNonceKey::new(&AES_256_GCM, key).ok()?;
    let mut text = plain.to_vec();
    let nonce = key.seal_in_place_append_tag(Aad::from(bound_to), &mut text).ok()?;
    let mut sealed = nonce.as_ref().to_vec();
    sealed.append(&mut text);
    Some(sealed)
}

/// Decrypts what [`seal`] made; `None` where the key, the place or the text is another.
pub fn open(key: &KeyBytes, bound_to: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, text) = sealed.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let key = RandomizedNonceKey::new(&AES_256_GCM, key).ok()?;
    let mut text = text.to_vec();
    let length = key.open_in_place(nonce, Aad::from(bound_to), &mut text).ok()?.len();
    text.truncate(length);
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_only_with_its_key_and_place() {
        let (key, other) = (random(), random());
        let sealed = seal(&key, b"accounts.name", "张三".as_bytes()).unwrap();
        assert_eq!(open(&key, b"accounts.name", &sealed).unwrap(), "张三".as_bytes());
        assert!(open(&other, b"accounts.name", &sealed).is_none());
        assert!(open(&key, b"accounts.contact", &sealed).is_none());
        assert!(open(&key, b"accounts.name", &sealed[..5]).is_none());
        assert_ne!(sealed, seal(&key, b"accounts.name", "张三".as_bytes()).unwrap());
    }

    #[test]
    fn lists_of_parts_do_not_run_together() {
        let key = random();
        assert_ne!(mac(&key, &[b"ab", b"c"]), mac(&key, &[b"a", b"bc"]));
    }
}
