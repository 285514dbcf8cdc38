//! The consensus certificate of a small group: exact, and anyone can recompute it from the counts. Pure.
//!
//! Source: domain 7. Per party with S = A + D + PASS of at least three votes: p = (A + ½) / (S + 1), q = (D + ½) / (S + 1), e = p · (1 − q).
//! Certified where at least two such parties voted, the product of their e is at least θ to the power of their number, and still is
//! without any one voter. What a significance test says of ten people is said of nobody: one vote never certifies.
use crate::kernel::crypto;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, ToPrimitive, Zero};
use shangyi_entities::programme_version::Party;

/// Which formula this is; a certificate says by which one it was made.
pub const FORMULA: &str = "shangyi-consensus-1";
/// Votes of a party below which it neither counts nor is shown.
pub const LEAST: u32 = 3;
/// Parties that have to agree at least.
pub const LEAST_PARTIES: usize = 2;

/// Votes of one party on one statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Whose.
    pub party: Party,
    /// For it.
    pub agree: u32,
    /// Against it.
    pub disagree: u32,
    /// Neither.
    pub pass: u32,
}

impl Counts {
    fn votes(self) -> u64 {
        u64::from(self.agree) + u64::from(self.disagree) + u64::from(self.pass)
    }

    /// Whether the party is large enough to count and to be shown.
    pub fn counts(self) -> bool {
        // Who observes does not vote.
        self.party != Party::Observer && self.votes() >= u64::from(LEAST)
    }
}

/// A threshold as a fraction, such as 3/5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// Above the line.
    pub numerator: u32,
    /// Below it.
    pub denominator: u32,
}

/// What the counts say.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Whether the statement is certified.
    pub certified: bool,
    /// The geometric mean of e over the parties that count; none where fewer than two do.
    pub figure: Option<f64>,
}

/// e of one party: (2A + 1)(2S + 1 − 2D) / (2S + 2)².
fn e(agree: u64, disagree: u64, votes: u64) -> BigRational {
    let whole = BigInt::from(2 * votes + 2);
    BigRational::new(BigInt::from(2 * agree + 1) * BigInt::from(2 * votes + 1 - 2 * disagree), &whole * &whole)
}

fn e_of(counts: Counts) -> BigRational {
    e(counts.agree.into(), counts.disagree.into(), counts.votes())
}

/// e of the party with one voter less, each way in which there is one.
fn without_one(counts: Counts) -> impl Iterator<Item = BigRational> {
    let (agree, disagree, votes) = (u64::from(counts.agree), u64::from(counts.disagree), counts.votes());
    let agreed = (agree > 0).then(|| e(agree - 1, disagree, votes - 1));
    let disagreed = (disagree > 0).then(|| e(agree, disagree - 1, votes - 1));
    let passed = (counts.pass > 0).then(|| e(agree, disagree, votes - 1));
    [agreed, disagreed, passed].into_iter().flatten()
}

/// Judges a statement by its votes; each party once, in any order.
pub fn judge(all: &[Counts], threshold: Threshold) -> Verdict {
    let parties: Vec<Counts> = all.iter().copied().filter(|counts| counts.counts()).collect();
    if parties.len() < LEAST_PARTIES {
        return Verdict { certified: false, figure: None };
    }
    let each: Vec<BigRational> = parties.iter().map(|counts| e_of(*counts)).collect();
    let product = each.iter().fold(BigRational::one(), |product, e| product * e);
    let theta = BigRational::new(threshold.numerator.into(), threshold.denominator.into());
    let bar = each.iter().fold(BigRational::one(), |bar, _| bar * &theta);
    // e is never zero, so that one party's can be taken out of the product and another put in.
    let holds_without = |counts: &Counts, own: &BigRational| without_one(*counts).all(|less| &product / own * less >= bar);
    let certified = product >= bar && parties.iter().zip(&each).all(|(counts, own)| holds_without(counts, own));
    debug_assert!(each.iter().all(|e| !e.is_zero()));
    let figure = product.to_f64().map(|product| product.powf(1.0 / parties.len() as f64));
    Verdict { certified, figure }
}

/// By what a certificate is told from another: formula, threshold and the counts of the parties that count, whatever their order.
pub fn digest(all: &[Counts], threshold: Threshold) -> String {
    let mut lines: Vec<String> = all
        .iter()
        .filter(|counts| counts.counts())
        .map(|counts| format!("{} {} {} {}\n", sea_orm::ActiveEnum::to_value(&counts.party), counts.agree, counts.disagree, counts.pass))
        .collect();
    lines.sort_unstable();
    let text = format!("{FORMULA}\n{}/{}\n{}", threshold.numerator, threshold.denominator, lines.concat());
    crypto::sha256(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sea_orm::Iterable;

    const THETA: Threshold = Threshold { numerator: 3, denominator: 5 };

    /// Parties as (agree, disagree, all).
    fn parties(given: &[(u32, u32, u32)]) -> Vec<Counts> {
        Party::iter()
            .zip(given)
            .map(|(party, (agree, disagree, all))| Counts { party, agree: *agree, disagree: *disagree, pass: all - agree - disagree })
            .collect()
    }

    fn figure(given: &[(u32, u32, u32)]) -> String {
        format!("{:.4}", judge(&parties(given), THETA).figure.expect("a figure"))
    }

    #[test]
    fn the_two_vectors() {
        let (one, other) = ([(8, 1, 10), (5, 0, 6), (1, 2, 3)], [(8, 1, 10), (5, 0, 6), (3, 0, 3)]);
        assert_eq!((figure(&one).as_str(), figure(&other).as_str()), ("0.4091", "0.7197"));
        assert!(!judge(&parties(&one), THETA).certified);
        assert!(judge(&parties(&other), THETA).certified);
    }

    #[test]
    fn the_hash_is_the_one_that_is_written_down() {
        let counts = parties(&[(8, 1, 10), (5, 0, 6), (3, 0, 3)]);
        assert_eq!(counts.iter().map(|counts| counts.party).collect::<Vec<_>>(), [Party::Member, Party::Resident, Party::Stakeholder]);
        assert!(include_str!("../../../docs/consensus-certificate.md").contains(&digest(&counts, THETA)));
    }

    #[test]
    fn one_vote_never_certifies_and_a_party_below_three_is_as_if_it_had_not_voted() {
        assert_eq!(judge(&parties(&[(1, 0, 1)]), THETA), Verdict { certified: false, figure: None });
        assert_eq!(judge(&parties(&[(1, 0, 1), (1, 0, 1)]), THETA).figure, None);
        let all = parties(&[(8, 0, 8), (9, 0, 9), (0, 2, 2)]);
        assert_eq!(judge(&all, THETA), judge(&all[..2], THETA));
        assert_eq!(digest(&all, THETA), digest(&all[..2], THETA));
        // One large party is no consensus between parties.
        assert!(!judge(&parties(&[(1000, 0, 1000), (2, 0, 2)]), THETA).certified);
    }

    #[test]
    fn three_voters_in_a_party_count_and_weigh_as_much_as_thirty() {
        assert!(judge(&parties(&[(3, 0, 3), (30, 0, 30)]), THETA).certified);
        assert!(!judge(&parties(&[(0, 3, 3), (30, 0, 30)]), THETA).certified);
        assert!(judge(&parties(&[(3, 0, 3), (3, 0, 3)]), THETA).certified, "and without one of them two are left");
    }

    #[test]
    fn what_holds_only_with_everybody_is_not_certified() {
        // Each with all of them is above the bar, and below it without one who agreed.
        let given = [(2, 0, 3), (3, 0, 3)];
        let all = parties(&given);
        let product = all.iter().map(|counts| e_of(*counts)).fold(BigRational::one(), |product, e| product * e);
        assert!(product >= BigRational::new(9.into(), 25.into()));
        assert!(!judge(&all, THETA).certified);
    }

    #[test]
    fn exactly_on_the_edge_without_one_is_certified_and_a_hair_above_is_not() {
        let all = parties(&[(6, 0, 7), (8, 1, 9)]);
        // The least that is left when one voter goes, as a threshold of its own: θ² is that product exactly.
        let each: Vec<BigRational> = all.iter().map(|counts| e_of(*counts)).collect();
        let product = &each[0] * &each[1];
        let least =
            all.iter().zip(&each).flat_map(|(counts, own)| without_one(*counts).map(|less| &product / own * less).collect::<Vec<_>>()).min().unwrap();
        let holds = |bar: &BigRational| {
            product >= *bar && all.iter().zip(&each).all(|(counts, own)| without_one(*counts).all(|less| &product / own * less >= *bar))
        };
        assert!(holds(&least) && !holds(&(&least + BigRational::new(1.into(), BigInt::from(10).pow(40)))));
        // And with a fraction that is a square: (3, 0, 3) leaves 25/36 · ⅚-squared exactly.
        let edge = parties(&[(3, 0, 3), (3, 0, 3)]);
        let less = e(2, 0, 2) * e(3, 0, 3);
        assert_eq!(less, BigRational::new(1225.into(), 2304.into()));
        let (exact, above) = (Threshold { numerator: 35, denominator: 48 }, Threshold { numerator: 35_001, denominator: 48_000 });
        assert_eq!((judge(&edge, exact).certified, judge(&edge, above).certified), (true, false));
    }

    fn some() -> impl Strategy<Value = Vec<(u32, u32, u32)>> {
        let one = (0..40u32, 0..40u32, 0..40u32).prop_map(|(agree, disagree, pass)| (agree, disagree, agree + disagree + pass));
        prop::collection::vec(one, 0..=7)
    }

    /// Parties that mostly agree: certificates are rare among any.
    fn agreeing() -> impl Strategy<Value = Vec<(u32, u32, u32)>> {
        let one = (4..40u32, 0..3u32, 0..3u32).prop_map(|(agree, disagree, pass)| (agree, disagree, agree + disagree + pass));
        prop::collection::vec(one, 2..=5)
    }

    proptest! {
        #[test]
        fn neither_order_nor_names_change_anything(given in some(), turn in 0..7usize) {
            let all = parties(&given);
            let mut turned = all.clone();
            turned.rotate_left(turn.min(all.len()));
            prop_assert_eq!(judge(&all, THETA), judge(&turned, THETA));
            prop_assert_eq!(digest(&all, THETA), digest(&turned, THETA));
            let mut given = given;
            given.reverse();
            let renamed = judge(&parties(&given), THETA);
            prop_assert_eq!(judge(&all, THETA).certified, renamed.certified);
        }

        #[test]
        fn one_more_who_agrees_never_takes_a_certificate_away(given in agreeing()) {
            let all = parties(&given);
            prop_assume!(judge(&all, THETA).certified);
            for n in 0..all.len() {
                let mut more = all.clone();
                if !more[n].counts() {
                    continue;
                }
                more[n].agree += 1;
                prop_assert!(judge(&more, THETA).certified);
            }
        }

        #[test]
        fn what_is_certified_holds_without_anybody(given in agreeing()) {
            let all = parties(&given);
            prop_assume!(judge(&all, THETA).certified);
            let bar = all.iter().filter(|counts| counts.counts()).fold(BigRational::one(), |bar, _| bar * BigRational::new(3.into(), 5.into()));
            for n in (0..all.len()).filter(|n| all[*n].counts()) {
                for which in 0..3 {
                    let mut less = all.clone();
                    let one = &mut less[n];
                    let count = [&mut one.agree, &mut one.disagree, &mut one.pass].into_iter().nth(which).unwrap();
                    if *count == 0 {
                        continue;
                    }
                    *count -= 1;
                    // Judged afresh, by the product alone: whoever counted goes on counting.
                    let product = all.iter().zip(&less).filter(|(before, _)| before.counts()).map(|(_, now)| e_of(*now)).fold(BigRational::one(), |product, e| product * e);
                    prop_assert!(product >= bar);
                }
            }
        }
    }
}
