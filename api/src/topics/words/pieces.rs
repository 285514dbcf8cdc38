//! What a search looks for: pieces of two characters, as the words of a text have them, and numbers and Latin words whole. A name
//! is found however it was cut: 滨河苑 by 滨河 and 河苑, whether it stands as one word or as two.
use super::lexicon;
use super::terms::{JIEBA, folded, is_han};
use std::collections::HashSet;

/// The pieces of a text, each once, in their order.
pub(super) fn pieces(text: &str) -> Vec<String> {
    let mut found = Pieces::default();
    for run in runs(&folded(text)) {
        if run.chars().next().is_some_and(is_han) {
            found.han(&run);
        } else if run.chars().count() >= 2 {
            found.add(run.to_uppercase());
        }
    }
    found.pieces
}

/// What a search shows as found: the runs as they were typed, and their words.
pub(super) fn shown(text: &str) -> Vec<String> {
    let text = folded(text);
    let mut words: Vec<String> = runs(&text);
    for run in runs(&text) {
        let tokens = JIEBA.cut(&run, true);
        words.extend(tokens.iter().map(|token| token.word).filter(|word| word.chars().count() >= 2 && tells(word)).map(str::to_owned));
    }
    words.retain(|word| word.chars().count() >= 2);
    words
}

/// Runs of Chinese characters, and of letters and digits.
fn runs(text: &str) -> Vec<String> {
    let mut runs: Vec<String> = Vec::new();
    let mut last = None;
    for c in text.chars() {
        let kind = if is_han(c) {
            Some(true)
        } else if c.is_alphanumeric() {
            Some(false)
        } else {
            None
        };
        match (kind, runs.last_mut()) {
            (Some(_), Some(run)) if kind == last => run.push(c),
            (Some(_), _) => runs.push(c.to_string()),
            (None, _) => {}
        }
        last = kind;
    }
    runs
}

fn tells(word: &str) -> bool {
    !lexicon::STOP.contains(word)
}

#[derive(Default)]
struct Pieces {
    pieces: Vec<String>,
    known: HashSet<String>,
}

impl Pieces {
    fn add(&mut self, piece: String) {
        if self.known.insert(piece.clone()) {
            self.pieces.push(piece);
        }
    }

    fn han(&mut self, run: &str) {
        let tokens: Vec<&str> = JIEBA.cut(run, true).into_iter().map(|token| token.word).collect();
        for (at, word) in tokens.iter().enumerate() {
            let chars: Vec<char> = word.chars().collect();
            if chars.len() >= 2 && tells(word) {
                chars.windows(2).for_each(|pair| self.add(pair.iter().collect()));
            }
            // A single character belongs to a name with its neighbour: 滨河 | 苑.
            let Some(next) = tokens.get(at + 1) else { continue };
            let single = chars.len() == 1 || next.chars().count() == 1;
            if let (true, Some(left), Some(right)) = (single && tells(word) && tells(next), chars.last(), next.chars().next()) {
                self.add([*left, right].iter().collect());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_wherever_it_stands() {
        let text = pieces("投诉伊景园滨河苑捆绑销售车位，每个12万，A3区2019年");
        for name in ["滨河苑", "伊景园", "车位", "捆绑销售", "A3", "2019"] {
            let wanted = pieces(name);
            assert!(!wanted.is_empty() && wanted.iter().all(|piece| text.contains(piece)), "{name}: {wanted:?} in {text:?}");
        }
        assert!(!pieces("电梯").iter().all(|piece| text.contains(piece)));
    }

    #[test]
    fn words_that_tell_nothing_are_not_looked_for() {
        assert!(pieces("我们的问题").is_empty());
        assert!(pieces("？！ 。").is_empty());
    }

    #[test]
    fn every_piece_stands_once() {
        assert_eq!(pieces("路灯，路灯").iter().filter(|piece| *piece == "路灯").count(), 1);
    }
}
