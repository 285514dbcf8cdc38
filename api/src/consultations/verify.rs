//! `verifyCertificate`: what counts of votes say, for whoever wants to recompute it.
use super::certificate::{self, Counts, FORMULA};
use super::programme::ConsensusThreshold;
use super::programme::content::USUAL_THRESHOLD;
use crate::kernel::{ApiError, say};
use async_graphql::{InputObject, SimpleObject};
use shangyi_entities::programme_version::Party;

/// Votes of one party on one statement.
#[derive(InputObject, SimpleObject, Clone, Copy, Debug)]
#[graphql(input_name = "PartyCountsInput", name = "PartyCounts")]
pub struct PartyCounts {
    /// Whose.
    pub party: Party,
    /// For it.
    pub agree: i32,
    /// Against it.
    pub disagree: i32,
    /// Neither.
    pub pass: i32,
}

impl PartyCounts {
    pub(super) fn of(counts: &Counts) -> Self {
        let number = |votes: u32| i32::try_from(votes).unwrap_or(i32::MAX);
        Self { party: counts.party, agree: number(counts.agree), disagree: number(counts.disagree), pass: number(counts.pass) }
    }
}

/// What the counts say.
#[derive(SimpleObject)]
pub struct CertificateCheck {
    /// Whether the statement is certified: at least two parties of three voters or more; the product of their e not below the
    /// threshold to the power of their number; and not without any one voter either.
    pub certified: bool,
    /// The geometric mean of e over those parties, rounded to four digits; null where there are fewer than two.
    pub figure: Option<f64>,
    /// The counts that were judged; parties below three voters are left out.
    pub counts: Vec<PartyCounts>,
    /// By which formula: `docs/consensus-certificate.md` says it whole.
    pub formula: String,
    /// The threshold.
    pub threshold: ConsensusThreshold,
    /// SHA-256, in hex, of formula, threshold and counts, as `docs/consensus-certificate.md` says.
    pub hash: String,
}

fn read(counts: &[PartyCounts]) -> Result<Vec<Counts>, ApiError> {
    let wrong = || {
        ApiError::bad_input(
            "counts",
            say("各方票数请填不小于0的整数，每方一次；旁听不表决。", "Counts are whole numbers from 0 on, each party once; observers do not vote."),
        )
    };
    let mut all: Vec<Counts> = Vec::with_capacity(counts.len());
    for given in counts {
        if given.party == Party::Observer || all.iter().any(|known| known.party == given.party) {
            return Err(wrong());
        }
        let number = |value: i32| u32::try_from(value).map_err(|_| wrong());
        all.push(Counts { party: given.party, agree: number(given.agree)?, disagree: number(given.disagree)?, pass: number(given.pass)? });
    }
    Ok(all)
}

/// Judges the counts.
pub(super) fn run(counts: &[PartyCounts], threshold: Option<ConsensusThreshold>) -> Result<CertificateCheck, ApiError> {
    let threshold = threshold.unwrap_or(USUAL_THRESHOLD);
    let (all, bar) = (read(counts)?, threshold.checked()?);
    let verdict = certificate::judge(&all, bar);
    Ok(CertificateCheck {
        certified: verdict.certified,
        figure: verdict.figure.map(|figure| (figure * 10_000.0).round() / 10_000.0),
        counts: counts.iter().zip(&all).filter(|(_, counts)| counts.counts()).map(|(given, _)| *given).collect(),
        formula: FORMULA.to_owned(),
        threshold,
        hash: certificate::digest(&all, bar),
    })
}
