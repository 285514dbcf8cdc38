use super::store;
use crate::audit;
use crate::consultations::stage::moves::{Move, No};
use crate::consultations::stage::step::{self, Step};
use crate::consultations::stage::{ConsultationResult, Refuse, finish};
use crate::consultations::{programme, sitting};
use crate::kernel::text::{self, Rule};
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, OnRule, OrInternal, WriteTx, personal, replay, say};
use async_graphql::InputObject;
use shangyi_entities::consultation_event::ConsultationEventKind;
use shangyi_entities::{ConsultationId, TypedId, consultation, consultation_evaluation};
use uuid::Uuid;

/// What somebody thinks of a consultation and its results.
#[derive(InputObject)]
pub struct EvaluateConsultationInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The consultation, minuted.
    pub consultation_id: Gid<ConsultationId>,
    /// One for each question of the programme's version, in their order; from 1 (not at all) to 5 (wholly). Where it asks none: one, overall.
    pub stars: Vec<i64>,
    /// A word on it, at most 500 characters; for the internal side, under the person's own key.
    pub comment: Option<String>,
}

const COMMENT: Rule = Rule { field: "comment", name: ("评价意见", "The comment"), most: 500 };

/// For who took part, its evaluators, and who organises it: these count apart. Once a round each.
pub(in crate::consultations) async fn run(cx: &Cx, input: EvaluateConsultationInput) -> Result<ConsultationResult, ApiError> {
    let viewer = cx.viewer().await?;
    let comment = text::clean_optional(&COMMENT, input.comment.as_deref())?;
    if input.stars.is_empty() || input.stars.len() > 20 || input.stars.iter().any(|stars| !(1..=5).contains(stars)) {
        return Err(ApiError::bad_input("stars", say("请对每个问题给出1到5分。", "Please rate each question from 1 to 5.")));
    }
    let (input, comment, id) = (&input, comment.as_deref(), input.consultation_id.0);
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "evaluateConsultation", input.request_id, input, Some(Gid(id).to_string())).await?.is_some() {
                return Ok((id, true));
            }
            let row = step::find(&tx, viewer, id).await?;
            let what = ConsultationEventKind::Evaluated;
            let request_id = input.request_id;
            let step = Step { operation: "evaluateConsultation", request_id, consultation: id, expected_version: None, kind: Move::Rate, what };
            let (_, role) = step::judged(&tx, cx, viewer, &row, &step).await?;
            let version = programme::store::version(&*tx, row.programme_id, row.programme_number).await?;
            let version = version.ok_or_else(|| ApiError::broken("a version of a programme is gone"))?;
            let asked = programme::store::questions(&tx, version.id).await?.max(1);
            if input.stars.len() != asked {
                let text = say(format!("请对全部{asked}个问题各给出一个分数。"), format!("Please rate all {asked} questions."));
                return Err(ApiError::bad_input("stars", text).into());
            }
            let evaluation = evaluation(&tx, cx, viewer, &row, comment).await?;
            let written = store::insert_evaluation(&tx, evaluation, &input.stars).await;
            written.on_rule("evaluated_once", || Refuse::Move(No::RatedAlready))?.internal("rating a consultation")?;
            let entry = audit::Entry::new("evaluateConsultation", &role, id);
            audit::record(&tx, cx, audit::Entry { committee: Some(row.committee_id), ..entry }).await?;
            step::settle(&tx, cx, id).await?;
            Ok((id, false))
        })
        .await;
    finish(cx, done).await
}

async fn evaluation(
    tx: &WriteTx,
    cx: &Cx,
    viewer: &Viewer,
    row: &consultation::Model,
    comment: Option<&str>,
) -> Result<consultation_evaluation::Model, ApiError> {
    let key = personal::of(&**tx, &cx.app().keys, viewer.account.uuid()).await?.ok_or_else(ApiError::unauthenticated)?;
    let evaluator = store::is_evaluator(&**tx, row.id, viewer.account).await?;
    let standing = step::standing(tx, cx, viewer, row).await?;
    // Who prepared it, led or minuted it, or sits at its desk, is not outside.
    let leads = sitting::store::of(tx, row.id).await?.iter().any(|one| one.convenor_account_id == viewer.account);
    let outside = !(standing.organiser || standing.desk || standing.secretary || standing.proposed || leads);
    Ok(consultation_evaluation::Model {
        id: cx.new_id(),
        consultation_id: row.id,
        round: row.round,
        account_id: viewer.account,
        outside,
        evaluator,
        comment_enc: key.seal_optional(store::COMMENT, comment)?,
        at: cx.now(),
    })
}
