//! What a topic's text says, as weighted terms: the words of the matter, the numbers, and the names of places in it.
//! Pure: the same text always gives the same terms, on every machine. See docs/similar-topics.md for the reasons of each rule.
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use jieba_rs::Jieba;

use super::lexicon as words;
use crate::kernel::crypto::sha256;

/// The most distinct terms kept of one topic: those of the title first, then those said most often.
pub const MOST_TERMS: usize = 96;
/// At most so many of them are parts of place names that only the text has, so that a list of stops leaves room for words.
const MOST_PLACE_TERMS: usize = 32;
/// The most places compared per topic; a long list of places says no more about where than its beginning does.
const MOST_PLACES: usize = 64;
/// One word of the title counts as much as so many in the text.
const TITLE_COUNTS: u32 = 4;
/// A place name has two to six characters before the sign of its kind, from at most four words left of it.
const NAME_LEAST: usize = 2;
const NAME_MOST: usize = 6;
const NAME_STEPS: usize = 4;

/// Loading the dictionary takes a moment and some memory: once per process, at the first use.
pub(super) static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// What a term is, which also decides what it is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TermKind {
    /// Two neighbouring characters of a place's name, so that names are found however they were cut.
    Place,
    /// A number or a code in Latin letters, of two characters and more.
    Number,
    /// A word of the matter.
    Word,
}

/// One term of a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The word as written (Latin letters in capitals).
    pub word: String,
    /// [`hash_of`] the word: what the database keeps of it.
    pub hash: i64,
    /// How much the topic speaks of it, 0 to 1000: the topic's weights have the square sum 1000², whatever its length.
    pub weight: i64,
    /// What it is.
    pub kind: TermKind,
    /// Whether the title has it (never for numbers: a number alone says too little).
    pub in_title: bool,
}

/// The name of a place or body with the first character of its kind: 魅力之城, 财政经济学, 370路.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The name.
    pub name: String,
    /// The hashes of its pairs of neighbouring characters in their order, as the terms of kind [`TermKind::Place`] have them.
    pub parts: Vec<i64>,
}

/// All that a comparison needs of one topic's title and text.
#[derive(Debug, Clone, Default)]
pub struct Features {
    /// The terms, at most [`MOST_TERMS`].
    pub terms: Vec<Term>,
    /// The places the title names, or all of them if the title names none: where the matter is.
    pub heads: Vec<Place>,
    /// All places named, each once.
    pub places: Vec<Place>,
    /// Districts and counties named (朝阳区, A3区): too wide to be one place, yet two different ones are different places.
    pub areas: HashSet<String>,
    /// Title and text in one form of characters, to look names up in.
    pub text: String,
}

impl Features {
    /// The hashes whose numbers of topics a comparison asks for, each once.
    pub fn hashes(&self) -> HashSet<i64> {
        let parts = self.places.iter().flat_map(|place| place.parts.iter().copied());
        self.terms.iter().map(|term| term.hash).chain(parts).collect()
    }
}

/// The hash of a term: the first eight bytes of the SHA-256 of its kind's sign and the word, so that a place name's part
/// is another term than the same characters as a word.
pub fn hash_of(kind: TermKind, word: &str) -> i64 {
    let sign = match kind {
        TermKind::Place => "@",
        TermKind::Number => "#",
        TermKind::Word => "",
    };
    let digest = sha256(format!("{sign}{word}").as_bytes());
    digest.iter().take(8).fold(0_i64, |value, byte| (value << 8) | i64::from(*byte))
}

/// The terms of a topic alone, for the postings table.
pub fn terms(title: &str, text: &str) -> Vec<Term> {
    features(title, text).terms
}

/// The terms, places and districts of a topic.
pub fn features(title: &str, text: &str) -> Features {
    let (title, text) = (folded(title), folded(text));
    let (head, body) = (Reading::of(&title), Reading::of(&text));
    let mut tally = Tally::default();
    for (reading, counts, in_title) in [(&head, TITLE_COUNTS, true), (&body, 1, false)] {
        for word in &reading.words {
            tally.add(TermKind::Word, word, counts, in_title);
        }
        for number in &reading.numbers {
            tally.add(TermKind::Number, number, counts, false);
        }
    }
    for (reading, in_title) in [(&head, true), (&body, false)] {
        for name in &reading.places {
            for pair in pairs(name) {
                tally.add(TermKind::Place, &pair, 1, in_title);
            }
        }
    }
    let named = distinct(head.places.iter());
    let places = distinct(head.places.iter().chain(&body.places));
    let heads = if named.is_empty() { places.clone() } else { named };
    let areas = head.areas.into_iter().chain(body.areas).collect();
    Features { terms: tally.into_terms(), heads, places, areas, text: format!("{title}\n{text}") }
}

/// The names, each once, with their parts.
fn distinct<'a>(names: impl Iterator<Item = &'a String>) -> Vec<Place> {
    let mut seen = HashSet::new();
    names.filter(|name| seen.insert(name.as_str())).take(MOST_PLACES).map(|name| place(name)).collect()
}

/// A place by its name.
pub fn place(name: &str) -> Place {
    Place { name: name.to_owned(), parts: pairs(name).iter().map(|pair| hash_of(TermKind::Place, pair)).collect() }
}

/// Every two neighbouring characters.
fn pairs(name: &str) -> Vec<String> {
    name.chars().zip(name.chars().skip(1)).map(|(left, right)| [left, right].iter().collect()).collect()
}

/// Full-width letters and digits as plain ones, and no dot inside a name: 伊景园·滨河苑 is 伊景园滨河苑.
pub(super) fn folded(text: &str) -> String {
    let chars: Vec<char> = text.chars().map(plain).collect();
    let han = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|c| is_han(*c));
    let kept = chars.iter().enumerate().filter(|(at, c)| !("·•.・".contains(**c) && han(at.checked_sub(1)) && han(at.checked_add(1))));
    kept.map(|(_, c)| *c).collect()
}

fn plain(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

pub(super) fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// What stands in one text, in the order of the text.
#[derive(Debug, Default)]
struct Reading {
    words: Vec<String>,
    numbers: Vec<String>,
    places: Vec<String>,
    areas: Vec<String>,
}

impl Reading {
    fn of(text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        let mut reading = Self::default();
        let mut rest = chars.as_slice();
        while let Some(first) = rest.first() {
            let length = if let Some(length) = code_length(rest) {
                reading.code(&rest[..length]);
                length
            } else if is_han(*first) {
                let length = rest.iter().take_while(|c| is_han(**c)).count();
                reading.run(&rest[..length].iter().collect::<String>());
                length
            } else if first.is_ascii_alphanumeric() {
                let length = number_length(rest);
                reading.number(&rest[..length], &rest[length..]);
                length
            } else {
                1
            };
            rest = &rest[length..];
        }
        reading
    }

    /// A district named by a code; a whole city says nothing in a city's backend.
    fn code(&mut self, code: &[char]) {
        if code.len() > 2 && code.last() != Some(&'市') {
            self.areas.push(code.iter().collect::<String>().to_uppercase());
        }
    }

    /// A number or Latin word, and with what follows it perhaps the name of a bus or railway line.
    fn number(&mut self, number: &[char], after: &[char]) {
        let word = number.iter().collect::<String>().to_uppercase();
        if number.len() <= 4 && number.iter().all(char::is_ascii_digit) {
            if after.starts_with(&['号', '线']) {
                self.places.push(format!("{word}号线"));
            } else if after.starts_with(&['公', '交']) || after.starts_with(&['路']) {
                self.places.push(format!("{word}路"));
            }
        }
        if number.len() >= 2 {
            self.numbers.push(word);
        }
    }

    /// A run of Chinese characters: its words, and the names of places among them.
    fn run(&mut self, run: &str) {
        let tokens: Vec<&str> = JIEBA.cut(run, true).into_iter().map(|token| token.word).collect();
        let mut used = vec![false; tokens.len()];
        for (at, token) in tokens.iter().enumerate() {
            if is_area(token) {
                self.areas.push((*token).to_owned());
            }
            let Some((own, sign)) = split_sign(token) else { continue };
            let mut name = own.to_owned();
            let mut start = at;
            while start > 0 && at - start < NAME_STEPS {
                let left = tokens[start - 1];
                if used[start - 1] || bounds_name(left) || name.chars().count() + left.chars().count() > NAME_MOST {
                    break;
                }
                name.insert_str(0, left);
                start -= 1;
            }
            if name.chars().count() >= NAME_LEAST && !words::STOP.contains(name.as_str()) && !words::EDGE.contains(name.as_str()) {
                name.push(sign);
                self.places.push(name);
                used[start..=at].fill(true);
            }
        }
        let free = tokens.iter().zip(&used).filter(|(token, used)| !**used && tells(token));
        self.words.extend(free.map(|(token, _)| (*token).to_owned()));
    }
}

/// The length of a district's code at the beginning (A3区, K8县), as texts with disguised places have them.
fn code_length(chars: &[char]) -> Option<usize> {
    let letter = chars.first().filter(|c| c.is_ascii_alphabetic());
    let digits = chars.iter().skip(1).take(3).take_while(|c| c.is_ascii_digit()).count();
    let unit = chars.get(1 + digits).filter(|c| matches!(**c, '市' | '区' | '县'));
    letter.and(unit).map(|_| digits + 2)
}

/// The length of a number or Latin word at the beginning, with decimals if it has any.
fn number_length(chars: &[char]) -> usize {
    let whole = chars.iter().take_while(|c| c.is_ascii_alphanumeric()).count();
    let decimals = chars.iter().skip(whole + 1).take_while(|c| c.is_ascii_digit()).count();
    if chars.get(whole) == Some(&'.') && decimals > 0 { whole + 1 + decimals } else { whole }
}

/// Whether a word names a district or county of a city.
fn is_area(word: &str) -> bool {
    let chars: Vec<char> = word.chars().collect();
    let ending: String = chars.iter().skip(chars.len().saturating_sub(2)).collect();
    chars.len() > 2 && matches!(chars.last(), Some('区' | '县')) && !words::NO_AREA.contains(ending.as_str())
}

/// A word that ends a place's name: what it has of the name itself, and the first character of the kind.
fn split_sign(word: &str) -> Option<(&str, char)> {
    if let Some(kind) = words::KINDS.iter().find(|kind| word.ends_with(**kind)) {
        return word.strip_suffix(*kind).zip(kind.chars().next());
    }
    let last = word.chars().next_back()?;
    let own = word.strip_suffix(last)?;
    if words::PLAIN.contains(word) {
        return (own.is_empty() && words::BARE.contains(last)).then_some((own, last));
    }
    words::SIGNS.contains(last).then_some((own, last))
}

/// Whether a word cannot be part of the name right of it. 之 can: 魅力之城.
fn bounds_name(word: &str) -> bool {
    (words::STOP.contains(word) && word != "之")
        || words::EDGE.contains(word)
        || words::PLAIN.contains(word)
        || words::KINDS.contains(&word)
        || word.ends_with(['省', '市', '县', '区'])
}

/// Whether a word tells of the matter.
fn tells(word: &str) -> bool {
    word.chars().count() >= 2 && !words::STOP.contains(word) && !word.ends_with('省')
}

/// Terms being counted, in the order they came.
#[derive(Default)]
struct Tally {
    found: Vec<Counted>,
    at: HashMap<(TermKind, String), usize>,
}

struct Counted {
    kind: TermKind,
    word: String,
    count: u32,
    in_title: bool,
}

impl Tally {
    fn add(&mut self, kind: TermKind, word: &str, count: u32, in_title: bool) {
        let next = self.found.len();
        let at = *self.at.entry((kind, word.to_owned())).or_insert(next);
        match self.found.get_mut(at) {
            Some(counted) => {
                counted.count = counted.count.saturating_add(count);
                counted.in_title |= in_title;
            }
            None => {
                // A place of the title counts once more: the title says where the matter is.
                let count = count + u32::from(in_title && kind == TermKind::Place);
                self.found.push(Counted { kind, word: word.to_owned(), count, in_title });
            }
        }
    }

    fn into_terms(mut self) -> Vec<Term> {
        self.found.sort_by_key(|counted| (!counted.in_title, std::cmp::Reverse(counted.count)));
        let mut places = 0;
        self.found.retain(|counted| {
            let only_in_text = counted.kind == TermKind::Place && !counted.in_title;
            places += usize::from(only_in_text);
            !only_in_text || places <= MOST_PLACE_TERMS
        });
        self.found.truncate(MOST_TERMS);
        let said = |counted: &Counted| 1.0 + f64::from(counted.count).ln();
        let norm = self.found.iter().map(|counted| said(counted).powi(2)).sum::<f64>().sqrt();
        let weighted = |counted: &Counted| Term {
            word: counted.word.clone(),
            hash: hash_of(counted.kind, &counted.word),
            weight: (1000.0 * said(counted) / norm).round() as i64,
            kind: counted.kind,
            in_title: counted.in_title,
        };
        self.found.iter().map(weighted).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        features(text, "").places.into_iter().map(|place| place.name).collect()
    }

    #[test]
    fn a_name_before_the_sign_of_a_place_is_a_place_and_no_word_of_the_matter() {
        let features = features("投诉金桂苑捆绑销售车位", "");
        assert_eq!(names("投诉金桂苑捆绑销售车位"), ["金桂苑"]);
        assert!(features.terms.iter().any(|term| term.kind == TermKind::Word && term.word == "车位"));
        assert!(features.terms.iter().all(|term| term.kind != TermKind::Word || !term.word.contains("桂苑")));
    }

    #[test]
    fn everyday_words_that_end_like_a_place_are_none() {
        assert!(names("马路和线路的问题").is_empty());
    }

    #[test]
    fn a_line_is_a_place_with_its_number() {
        assert_eq!(names("370路公交车太少"), ["370路"]);
        assert_eq!(names("地铁3号线"), ["3号线"]);
    }

    #[test]
    fn a_district_is_an_area_and_no_place() {
        let features = features("A3区噪音扰民", "");
        assert!(features.areas.contains("A3区"));
        assert!(features.places.is_empty());
    }

    #[test]
    fn dots_inside_a_name_and_full_width_letters_change_nothing() {
        assert_eq!(folded("翠竹·湾Ａ３区，18.5万"), "翠竹湾A3区,18.5万");
    }

    #[test]
    fn a_long_text_keeps_the_terms_of_the_title_and_an_empty_one_has_none() {
        let text: String = (0..2000).map(|number| format!("{} ", 10_000 + number)).collect();
        let terms = terms("夜间施工噪音", &text);
        assert_eq!(terms.len(), MOST_TERMS);
        assert!(terms.iter().take(3).all(|term| term.in_title));
        assert!(super::terms("？！", " ").is_empty());
    }
}
