//! Where the words of a search stand.
use async_graphql::{Enum, SimpleObject};

/// Which of a topic's texts.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum HighlightIn {
    /// Its title.
    Title,
    /// Its text.
    Text,
    /// Its latest answer.
    Answer,
}

/// A piece of a text in which words of the search stand.
#[derive(SimpleObject, Clone, Debug, PartialEq, Eq)]
pub struct Highlight {
    /// Which text.
    pub r#in: HighlightIn,
    /// The piece, at most 80 characters; an ellipsis where it is cut.
    pub text: String,
    /// Where the words stand in the piece.
    pub marks: Vec<Mark>,
}

/// Where a word stands, counted in characters (Unicode scalar values).
#[derive(SimpleObject, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The first character.
    pub from: usize,
    /// The character after the last.
    pub until: usize,
}

/// What an edge of found topics says besides its topic.
#[derive(SimpleObject, Default)]
pub struct Highlights {
    /// Where the words of the search stand; empty without a search, and where they stand in a topic merged into this one.
    pub highlights: Vec<Highlight>,
}

/// Most characters of a piece.
const MOST: usize = 80;
/// Characters shown before the first word.
const BEFORE: usize = 20;

/// The first piece of a text in which any of the words stands; `None`: none does.
pub(super) fn highlight(place: HighlightIn, text: &str, words: &[String]) -> Option<Highlight> {
    let chars: Vec<char> = text.chars().map(|c| if c == '\n' { ' ' } else { c }).collect();
    let lower: Vec<char> = chars.iter().map(|c| c.to_ascii_lowercase()).collect();
    let words: Vec<Vec<char>> = words.iter().map(|word| word.chars().map(|c| c.to_ascii_lowercase()).collect()).collect();
    let stands = |at: usize| words.iter().filter(|word| lower[at..].starts_with(word)).map(Vec::len).max().filter(|length| *length > 0);
    let first = (0..chars.len()).find(|at| stands(*at).is_some())?;
    let from = if chars.len() <= MOST { 0 } else { first.saturating_sub(BEFORE) };
    let until = chars.len().min(from + MOST);
    let cut_before = usize::from(from > 0);
    let mut marks = Vec::new();
    let mut at = from;
    while at < until {
        match stands(at) {
            Some(length) => {
                let end = until.min(at + length);
                marks.push(Mark { from: at - from + cut_before, until: end - from + cut_before });
                at = end;
            }
            None => at += 1,
        }
    }
    let mut piece = if from > 0 { "…".to_owned() } else { String::new() };
    piece.extend(&chars[from..until]);
    if until < chars.len() {
        piece.push('…');
    }
    Some(Highlight { r#in: place, text: piece, marks })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn a_piece_shows_the_first_place_and_marks_every_word_in_it() {
        let found = highlight(HighlightIn::Text, "小区的路灯坏了，路灯要修", &words(&["路灯", "修"])).unwrap();
        assert_eq!(found.text, "小区的路灯坏了，路灯要修");
        assert_eq!(found.marks, [Mark { from: 3, until: 5 }, Mark { from: 8, until: 10 }, Mark { from: 11, until: 12 }]);
        assert_eq!(highlight(HighlightIn::Title, "电梯", &words(&["路灯"])), None);
    }

    #[test]
    fn a_long_text_is_cut_around_its_first_word() {
        let text = format!("{}路灯{}", "一".repeat(100), "二".repeat(100));
        let found = highlight(HighlightIn::Text, &text, &words(&["路灯"])).unwrap();
        assert!(found.text.starts_with('…') && found.text.ends_with('…'));
        let mark = found.marks[0];
        assert_eq!(found.text.chars().skip(mark.from).take(mark.until - mark.from).collect::<String>(), "路灯");
    }

    proptest! {
        #[test]
        fn marks_always_hold_a_word(text in "[路灯电梯修aA\n]{0,200}", word in "[路灯电梯修a]{1,3}") {
            if let Some(found) = highlight(HighlightIn::Text, &text, std::slice::from_ref(&word)) {
                for mark in &found.marks {
                    let marked: String = found.text.chars().skip(mark.from).take(mark.until - mark.from).collect();
                    prop_assert!(word.to_ascii_lowercase().starts_with(&marked.to_ascii_lowercase()) && !marked.is_empty());
                }
            }
        }
    }
}
