//! The code that a studio's screen shows: pure. It changes every 30 seconds. The QR carries a signature of 96 bits over
//! studio and step; the six digits under it (RFC 6238, SHA-256) are for phones that are online, since they can be guessed.
use crate::kernel::crypto::{self, KeyBytes};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use shangyi_entities::{Timestamp, TypedId, VenueId};
use uuid::Uuid;

/// Seconds that one code is shown.
pub const STEP_SECONDS: i64 = 30;
/// Steps that a code may be older or newer than the moment it is used at.
pub const TOLERANCE: i64 = 1;
const VERSION: &str = "SY1.";
const MAC: usize = 12;

/// The step that a moment lies in.
pub const fn step_of(at: Timestamp) -> i64 {
    at.0.div_euclid(STEP_SECONDS * 1_000_000)
}

/// When a step begins.
pub const fn step_begins(step: i64) -> Timestamp {
    Timestamp(step.saturating_mul(STEP_SECONDS * 1_000_000))
}

/// What a phone read or somebody typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Code {
    /// From the QR.
    Signed {
        /// The studio it says it is of.
        studio: VenueId,
        /// The step it says it was shown in.
        step: i64,
        /// The signature.
        mac: Vec<u8>,
    },
    /// The six digits.
    Digits(String),
}

/// Reads a code; `None` where it is none at all.
pub fn read(text: &str) -> Option<Code> {
    let text = text.trim();
    if text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Code::Digits(text.to_owned()));
    }
    let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(VERSION)?).ok()?;
    if bytes.len() != 16 + 8 + MAC {
        return None;
    }
    let (studio, rest) = bytes.split_first_chunk::<16>()?;
    let (step, mac) = rest.split_first_chunk::<8>()?;
    Some(Code::Signed { studio: VenueId(Uuid::from_bytes(*studio)), step: i64::from_be_bytes(*step), mac: mac.to_vec() })
}

fn sign(secret: &KeyBytes, studio: VenueId, step: i64) -> Vec<u8> {
    crypto::mac(secret, &[b"studio code", studio.uuid().as_bytes(), &step.to_be_bytes()])[..MAC].to_vec()
}

/// What the QR of a step carries.
pub fn payload(secret: &KeyBytes, studio: VenueId, step: i64) -> String {
    let bytes = [studio.uuid().as_bytes().as_slice(), &step.to_be_bytes(), &sign(secret, studio, step)].concat();
    format!("{VERSION}{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// The six digits of a step.
pub fn digits(secret: &KeyBytes, step: i64) -> String {
    let time = u64::try_from(step.saturating_mul(STEP_SECONDS)).unwrap_or_default();
    let totp = totp_rs::Builder::new()
        .with_algorithm(totp_rs::Algorithm::SHA256)
        .with_digits(6)
        .with_step_duration(STEP_SECONDS.unsigned_abs())
        .with_secret(secret.to_vec())
        .build_noncompliant();
    totp.generate(time).to_string()
}

/// What a code proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was shown in this step, at the time in question.
    Good(i64),
    /// It was shown by this studio, in a step that is not the one in question.
    Expired(i64),
    /// This studio never showed it.
    Invalid,
}

/// Judges a code used at `at`, in the presence of a server or not.
pub fn judge(secret: &KeyBytes, studio: VenueId, code: &Code, at: Timestamp, online: bool) -> Verdict {
    let now = step_of(at);
    match code {
        Code::Signed { studio: of, step, mac } => {
            if *of != studio || !crypto::equal(mac, &sign(secret, studio, *step)) {
                return Verdict::Invalid;
            }
            if step.abs_diff(now) <= TOLERANCE.unsigned_abs() { Verdict::Good(*step) } else { Verdict::Expired(*step) }
        }
        Code::Digits(typed) if online => {
            let mut steps = now - TOLERANCE..=now + TOLERANCE;
            steps.find(|step| crypto::equal(typed.as_bytes(), digits(secret, *step).as_bytes())).map_or(Verdict::Invalid, Verdict::Good)
        }
        Code::Digits(_) => Verdict::Invalid,
    }
}

/// The QR of a payload, as SVG.
pub fn svg(payload: &str) -> Option<String> {
    let code = qrcode::QrCode::with_error_correction_level(payload, qrcode::EcLevel::M).ok()?;
    Some(code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(240, 240).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: KeyBytes = [7; 32];
    const HERE: VenueId = VenueId(Uuid::from_u128(1));
    const NOW: Timestamp = Timestamp(1_790_000_015_000_000);

    fn shown(step: i64) -> Code {
        read(&payload(&SECRET, HERE, step)).unwrap()
    }

    #[test]
    fn the_step_before_and_after_are_good_and_no_other() {
        let now = step_of(NOW);
        for (off, good) in [(-2, false), (-1, true), (0, true), (1, true), (2, false), (-2880, false)] {
            let expected = if good { Verdict::Good(now + off) } else { Verdict::Expired(now + off) };
            assert_eq!(judge(&SECRET, HERE, &shown(now + off), NOW, true), expected, "{off}");
            let typed = Code::Digits(digits(&SECRET, now + off));
            assert_eq!(judge(&SECRET, HERE, &typed, NOW, true), if good { expected } else { Verdict::Invalid }, "{off}");
            assert_eq!(judge(&SECRET, HERE, &typed, NOW, false), Verdict::Invalid, "digits prove nothing afterwards");
        }
    }

    #[test]
    fn another_studios_secret_or_name_proves_nothing() {
        let (code, other) = (shown(step_of(NOW)), VenueId(Uuid::from_u128(2)));
        assert_eq!(judge(&[8; 32], HERE, &code, NOW, true), Verdict::Invalid);
        assert_eq!(judge(&SECRET, other, &code, NOW, true), Verdict::Invalid);
        let Code::Signed { step, mac, .. } = code else { panic!() };
        assert_eq!(judge(&SECRET, other, &Code::Signed { studio: other, step, mac: mac.clone() }, NOW, true), Verdict::Invalid);
        assert_eq!(judge(&SECRET, HERE, &Code::Signed { studio: HERE, step: step + 1, mac }, NOW, true), Verdict::Invalid);
    }

    #[test]
    fn digits_are_those_of_the_standard() {
        // RFC 6238, appendix B, SHA-256: the eight digits of the first row end in these six.
        let secret = *b"12345678901234567890123456789012";
        for (time, expected) in [(59, "119246"), (1_111_111_109, "084774"), (1_234_567_890, "819424"), (20_000_000_000, "737706")] {
            assert_eq!(digits(&secret, time / STEP_SECONDS), expected);
        }
    }

    #[test]
    fn what_is_no_code_is_not_read() {
        for bad in ["", "12345", "1234567", "SY1.", "SY1.AAAA", "SY2.AAAA", "https://example.com", "１２３４５６"] {
            assert_eq!(read(bad), None, "{bad}");
        }
        assert!(svg(&payload(&SECRET, HERE, 1)).unwrap().starts_with("<?xml"));
    }
}
