use super::store::Rating;
use crate::kernel::Gid;
use async_graphql::SimpleObject;
use chrono::{DateTime, NaiveDate, Utc};
use shangyi_entities::{InstructionId, consultation, consultation_instruction};

/// What a leader wrote on a report (批示); for the internal side.
#[derive(SimpleObject, Clone)]
#[graphql(name = "ConsultationInstruction")]
pub struct Instruction {
    /// Its id.
    pub id: Gid<InstructionId>,
    /// By whom.
    pub given_by: String,
    /// On which day, in Asia/Shanghai.
    pub day: Option<NaiveDate>,
    /// What.
    pub text: String,
    /// When it was entered.
    pub at: DateTime<Utc>,
}

impl From<consultation_instruction::Model> for Instruction {
    fn from(row: consultation_instruction::Model) -> Self {
        Self { id: Gid(row.id), given_by: row.given_by, day: row.day.parse().ok(), text: row.text, at: row.at.utc() }
    }
}

/// How one question was answered.
#[derive(SimpleObject, Clone, Debug, PartialEq)]
pub struct QuestionRating {
    /// The question.
    pub question: String,
    /// The average of those from outside, 1 to 5; null below three of them.
    pub average: Option<f64>,
}

/// How a consultation was rated since it was opened last. Public: no names.
#[derive(SimpleObject, Clone, Debug, PartialEq)]
#[graphql(name = "ConsultationEvaluation")]
pub struct Evaluation {
    /// How many rated it who do not organise it.
    pub from_outside: i64,
    /// How many of these evaluate it by name of the committee.
    pub by_evaluators: i64,
    /// How many who organise it rated it; they are in no average.
    pub by_organisers: i64,
    /// Whether it was evaluated without anybody from outside, 30 days after the report.
    pub no_outside_rating: bool,
    /// The questions with their averages.
    pub questions: Vec<QuestionRating>,
}

/// Fewer ratings would show what one person said.
const ENOUGH: usize = 3;

/// Sums ratings of one round up.
pub(in crate::consultations) fn evaluation(row: &consultation::Model, questions: &[String], all: &[Rating]) -> Evaluation {
    use shangyi_entities::consultation::ConsultationState as S;
    let of_round: Vec<&Rating> = all.iter().filter(|(rating, _)| rating.round == row.round).collect();
    let outside: Vec<&&Rating> = of_round.iter().filter(|(rating, _)| rating.outside).collect();
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let average = |number: i64| {
        let given: Vec<i64> = outside.iter().flat_map(|(_, answers)| answers).filter(|(of, _)| *of == number).map(|(_, stars)| *stars).collect();
        (given.len() >= ENOUGH).then(|| (given.iter().sum::<i64>() as f64 / given.len() as f64 * 10.0).round() / 10.0)
    };
    let overall = ["总体评价".to_owned()];
    let asked = if questions.is_empty() { overall.as_slice() } else { questions };
    Evaluation {
        from_outside: count(outside.len()),
        by_evaluators: count(outside.iter().filter(|(rating, _)| rating.evaluator).count()),
        by_organisers: count(of_round.len() - outside.len()),
        no_outside_rating: outside.is_empty() && matches!(row.state, S::Evaluated | S::Closed),
        questions: asked.iter().zip(1..).map(|(question, number)| QuestionRating { question: question.clone(), average: average(number) }).collect(),
    }
}
