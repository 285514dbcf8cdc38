use crate::consultations::certificate::{self, Counts, FORMULA, Threshold};
use crate::consultations::loaders;
use crate::consultations::programme::ConsensusThreshold;
use crate::consultations::verify::PartyCounts;
use crate::kernel::{ApiError, Gid};
use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use shangyi_entities::consultation_statement;
use shangyi_entities::consultation_vote::VoteChoice;
use shangyi_entities::{StatementId, Timestamp};

/// A statement.
#[derive(Clone)]
pub struct ConsultationStatement {
    pub(in crate::consultations) row: consultation_statement::Model,
    /// Whether the viewer may see how it stands: everybody once the minutes are published, before that those who hold the sitting.
    pub(in crate::consultations) open: bool,
}

/// Something to agree or disagree with, in a consultation. Public, without a name; its totals by party are public once the minutes are.
#[Object]
impl ConsultationStatement {
    /// Its id.
    async fn id(&self) -> Gid<StatementId> {
        Gid(self.row.id)
    }

    /// Its number, from 1.
    async fn number(&self) -> i64 {
        self.row.number
    }

    /// What it says.
    async fn text(&self) -> &str {
        &self.row.text
    }

    /// When it was made.
    async fn at(&self) -> DateTime<Utc> {
        self.row.at.utc()
    }

    /// What the viewer votes now; null where they have not.
    async fn my_vote(&self, ctx: &Context<'_>) -> Result<Option<VoteChoice>, ApiError> {
        loaders::of(ctx).own_vote(self.row.id).await
    }

    /// The votes by party; parties below three voters are left out. Empty until the minutes are published, but for who leads the sitting,
    /// keeps its minutes, and its desk.
    #[graphql(complexity = "6 * child_complexity + 1")]
    async fn counts(&self, ctx: &Context<'_>) -> Result<Vec<PartyCounts>, ApiError> {
        let all = if self.open { loaders::of(ctx).counts(self.row.id).await? } else { Vec::new() };
        Ok(all.iter().filter(|counts| counts.counts()).map(PartyCounts::of).collect())
    }
}

/// What a consensus certificate says of one statement: from counts alone, so that anyone can recompute it.
#[derive(SimpleObject)]
pub struct StatementCertificate {
    /// The statement.
    pub statement_id: Gid<StatementId>,
    /// Its number.
    pub number: i64,
    /// What it says.
    pub text: String,
    /// Whether it is certified.
    pub certified: bool,
    /// The geometric mean of e over the parties that count, rounded to four digits; null where there are fewer than two.
    pub figure: Option<f64>,
    /// The counts that were judged; parties below three voters are left out.
    pub counts: Vec<PartyCounts>,
    /// By which formula: `docs/consensus-certificate.md` says it whole.
    pub formula: String,
    /// The threshold of the programme's version that the consultation keeps.
    pub threshold: ConsensusThreshold,
    /// SHA-256, in hex, of formula, threshold and counts.
    pub hash: String,
    /// Of which moment the counts are.
    pub at: DateTime<Utc>,
}

/// Judges statements by their votes.
pub(in crate::consultations) fn certificates(
    statements: Vec<(consultation_statement::Model, Vec<Counts>)>,
    threshold: ConsensusThreshold,
    bar: Threshold,
    at: Timestamp,
) -> Vec<StatementCertificate> {
    let judged = |(row, counts): (consultation_statement::Model, Vec<Counts>)| {
        let verdict = certificate::judge(&counts, bar);
        StatementCertificate {
            statement_id: Gid(row.id),
            number: row.number,
            text: row.text,
            certified: verdict.certified,
            figure: verdict.figure.map(|figure| (figure * 10_000.0).round() / 10_000.0),
            counts: counts.iter().filter(|counts| counts.counts()).map(PartyCounts::of).collect(),
            formula: FORMULA.to_owned(),
            threshold,
            hash: certificate::digest(&counts, bar),
            at: at.utc(),
        }
    };
    statements.into_iter().map(judged).collect()
}
