use super::crypto::{self, KeyBytes};

/// A mainland mobile number, eleven digits. It has no `Debug` or `Display` that shows it whole.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone(String);

impl Phone {
    /// Reads a number as people type it: spaces, dashes and +86 are fine.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 32 {
            return None;
        }
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        let digits = digits.strip_prefix("+86").or_else(|| digits.strip_prefix("0086")).unwrap_or(&digits);
        let bytes = digits.as_bytes();
        let fits = bytes.len() == 11 && bytes.iter().all(u8::is_ascii_digit) && bytes[0] == b'1' && (b'3'..=b'9').contains(&bytes[1]);
        fits.then(|| Self(digits.to_owned()))
    }

    /// How it is shown: 138****0000.
    pub fn masked(&self) -> String {
        format!("{}****{}", &self.0[..3], &self.0[7..])
    }

    /// The whole number, for the gateway and for encryption only.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What it is looked up by.
    pub fn hash(&self, key: &KeyBytes) -> Vec<u8> {
        crypto::mac(key, &[self.0.as_bytes()])
    }
}

impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_type_them() {
        for good in ["13800000000", "+86 138 0000 0000", "0086-138-0000-0000"] {
            assert_eq!(Phone::parse(good).unwrap().reveal(), "13800000000", "{good}");
        }
        for bad in ["", "1380000000", "12800000000", "138000000000", "１３８００００００００", "138\u{0}00000000", "tel:13800000000"] {
            assert!(Phone::parse(bad).is_none(), "{bad}");
        }
        assert_eq!(format!("{:?}", Phone::parse("13800000000").unwrap()), "138****0000");
    }
}
