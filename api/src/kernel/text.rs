//! What people type: cleaned, measured, and masked where it names a phone or an id card.
use super::errors::ApiError;
use super::says::say;
use regex::Regex;
use std::sync::LazyLock;

/// How a text must be.
pub struct Rule {
    /// The input field, as the client named it.
    pub field: &'static str,
    /// Its name for people, in Chinese and English.
    pub name: (&'static str, &'static str),
    /// Most characters (as people count them: Unicode scalar values).
    pub most: usize,
}

/// The text without surrounding space and without control characters, or what is wrong with it.
pub fn clean(rule: &Rule, text: &str) -> Result<String, ApiError> {
    let (zh, en) = rule.name;
    if text.contains('\0') {
        return Err(ApiError::bad_input(
            rule.field,
            say(format!("{zh}中有无法保存的字符，请重新输入。"), format!("{en} contains a character that cannot be stored; please type it again.")),
        ));
    }
    let kept: String = text.replace("\r\n", "\n").chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    let kept = kept.trim_matches(|c: char| c.is_whitespace() || is_invisible(c)).to_owned();
    if kept.is_empty() {
        return Err(ApiError::bad_input(rule.field, say(format!("请填写{zh}。"), format!("Please fill in {}.", en.to_lowercase()))));
    }
    let length = kept.chars().count();
    if length > rule.most {
        return Err(ApiError::bad_input(
            rule.field,
            say(
                format!("{zh}最多{}个字，现在是{length}个字，请缩短后再提交。", rule.most),
                format!("{en} may have at most {} characters; it has {length}. Please shorten it.", rule.most),
            ),
        ));
    }
    Ok(kept)
}

/// [`clean`] for a text of one line, such as a title or a name.
pub fn clean_line(rule: &Rule, text: &str) -> Result<String, ApiError> {
    clean(rule, &text.replace(['\n', '\r', '\t'], " "))
}

/// [`clean`] for a text that may be left out; blank counts as left out.
pub fn clean_optional(rule: &Rule, text: Option<&str>) -> Result<Option<String>, ApiError> {
    match text {
        Some(text) if !text.trim().is_empty() => clean(rule, text).map(Some),
        _ => Ok(None),
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{202a}'..='\u{202e}')
}

/// Id cards, mobile numbers and landlines. Digits may be full-width or parted by single spaces or dashes; a country code
/// may stand before a mobile number. Whether it stands alone is checked by hand: the engine does not look around.
static PERSONAL_NUMBERS: LazyLock<Option<[Regex; 3]>> = LazyLock::new(|| {
    let digit = "[0-9０-９]";
    Some([
        Regex::new(&format!("(?:{digit}[ -]?){{17}}[0-9０-９XxＸｘ]")).ok()?,
        Regex::new(&format!("(?:(?:\\+|00)?86[ -]?)?[1１][ -]?[3-9３-９](?:[ -]?{digit}){{9}}")).ok()?,
        Regex::new("0[0-9]{2,3}[- ]?[0-9]{7,8}").ok()?,
    ])
});

/// The text with phone and id-card numbers made unreadable: 138****0000 and 5001**************.
pub fn mask_numbers(text: &str) -> String {
    let Some(patterns) = PERSONAL_NUMBERS.as_ref() else { return text.to_owned() };
    patterns.iter().fold(text.to_owned(), |text, pattern| mask(&text, pattern))
}

fn mask(text: &str, pattern: &Regex) -> String {
    let mut masked = String::with_capacity(text.len());
    let (mut written, mut from) = (0, 0);
    while let Some(found) = pattern.find_at(text, from) {
        let before = text[..found.start()].chars().next_back();
        let after = text[found.end()..].chars().next();
        if before.is_some_and(char::is_numeric) || after.is_some_and(char::is_numeric) {
            // Part of a longer number, a bill's or a meter's; but another may begin within it.
            from = found.start() + text[found.start()..].chars().next().map_or(1, char::len_utf8);
            continue;
        }
        masked.push_str(&text[written..found.start()]);
        masked.push_str(&mask_digits(found.as_str()));
        written = found.end();
        from = found.end();
    }
    masked.push_str(&text[written..]);
    masked
}

fn mask_digits(number: &str) -> String {
    let count = number.chars().filter(|c| c.is_numeric() || c.is_alphabetic()).count();
    let (head, tail) = if count == 18 { (4, 0) } else { (3, 4) };
    let mut seen = 0;
    number
        .chars()
        .map(|c| {
            if !(c.is_numeric() || c.is_alphabetic()) {
                return c;
            }
            seen += 1;
            if seen <= head || seen > count - tail { c } else { '*' }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TITLE: Rule = Rule { field: "title", name: ("标题", "The title"), most: 5 };

    #[test]
    fn texts_are_trimmed_and_measured_in_characters() {
        assert_eq!(clean(&TITLE, "  路灯\u{7}不亮\u{200b} ").unwrap(), "路灯不亮");
        assert!(clean(&TITLE, "一二三四五").is_ok());
        for bad in ["一二三四五六", "   ", "\u{200b}\u{3000}", "路\0灯", ""] {
            assert!(clean(&TITLE, bad).is_err(), "{bad:?}");
        }
        assert_eq!(clean_optional(&TITLE, Some("  ")).unwrap(), None);
    }

    #[test]
    fn numbers_of_people_are_masked_and_others_are_not() {
        for (text, expected) in [
            ("请打13812345678找我", "请打138****5678找我"),
            ("电话138 1234 5678。", "电话138 **** 5678。"),
            ("身份证50010119900307123X，谢谢", "身份证5001**************，谢谢"),
            ("座机023-63712345", "座机023-****2345"),
            ("电话13812345678 13912345678", "电话138****5678 139****5678"),
            ("打13812345678-023-63712345", "打138****5678-023-****2345"),
            ("+8613812345678", "+861******5678"),
            ("手机8613812345678急", "手机861******5678急"),
            ("水表号138123456789012", "水表号138123456789012"),
            ("花了1500元，2019年", "花了1500元，2019年"),
            ("１３８１２３４５６７８", "１３８****５６７８"),
        ] {
            assert_eq!(mask_numbers(text), expected);
        }
    }
}
