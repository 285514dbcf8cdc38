use std::borrow::Cow;

/// The language a person reads; Chinese unless they ask for English.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Hash)]
pub enum Locale {
    /// 简体中文.
    #[default]
    Zh,
    /// English.
    En,
}

impl Locale {
    /// Reads an `Accept-Language` header: English only where it is wanted more than Chinese.
    pub fn of_header(header: &str) -> Self {
        let mut best = (0.0_f32, Self::Zh);
        for part in header.split(',') {
            let mut fields = part.trim().split(';');
            let tag = fields.next().unwrap_or_default().trim().to_ascii_lowercase();
            let weight = fields.find_map(|field| field.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok())).unwrap_or(1.0);
            let locale = match tag.split('-').next() {
                Some("en") => Self::En,
                Some("zh") => Self::Zh,
                _ => continue,
            };
            if weight > best.0 {
                best = (weight, locale);
            }
        }
        best.1
    }
}

/// A sentence for a person, in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    zh: Cow<'static, str>,
    en: Cow<'static, str>,
}

impl Text {
    /// The sentence in the language of `locale`.
    pub fn to(&self, locale: Locale) -> String {
        match locale {
            Locale::Zh => self.zh.clone().into_owned(),
            Locale::En => self.en.clone().into_owned(),
        }
    }
}

/// A sentence in Chinese and in English.
pub fn say(zh: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Text {
    Text { zh: zh.into(), en: en.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_comes_first_unless_english_is_wanted_more() {
        for (header, expected) in [
            ("", Locale::Zh),
            ("fr", Locale::Zh),
            ("en", Locale::En),
            ("en-GB,zh;q=0.8", Locale::En),
            ("zh-CN,en;q=0.9", Locale::Zh),
            ("en;q=0.3, zh;q=0.5", Locale::Zh),
            ("en;q=banana", Locale::En),
        ] {
            assert_eq!(Locale::of_header(header), expected, "{header}");
        }
    }
}
