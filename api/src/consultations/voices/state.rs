use super::store;
use crate::audit;
use crate::consultations::people;
use crate::consultations::stage::moves::No;
use crate::consultations::stage::store as stages;
use crate::consultations::stage::{ConsultationRefusalReason as Reason, ConsultationResult, Refuse, facts, finish, missing};
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid, Stop, replay, say};
use async_graphql::InputObject;
use shangyi_entities::consultation::ConsultationState as S;
use shangyi_entities::programme_version::Party;
use shangyi_entities::{ConsultationId, consultation_statement};
use uuid::Uuid;

/// Something to agree or disagree with.
#[derive(InputObject)]
pub struct AddStatementInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The consultation, announced or in sitting.
    pub consultation_id: Gid<ConsultationId>,
    /// One thought, at most 200 characters; public, without a name. Phone and id-card numbers are masked.
    pub text: String,
}

const TEXT: Rule = Rule { field: "text", name: ("观点", "The statement"), most: 200 };
/// Most statements of one consultation: more, nobody reads.
const MOST: i64 = 200;
/// Most of one person: the others want to speak, too.
const MOST_OF_ONE: u64 = 5;

/// For who takes part and does not only look on, and for who keeps the minutes.
pub(in crate::consultations) async fn run(cx: &Cx, input: AddStatementInput) -> Result<ConsultationResult, ApiError> {
    let viewer = cx.viewer().await?;
    let text = text::mask_numbers(&text::clean(&TEXT, &input.text)?);
    let (input, text, id) = (&input, text.as_str(), input.consultation_id.0);
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "addStatement", input.request_id, input, Some(Gid(id).to_string())).await?.is_some() {
                return Ok((id, true));
            }
            let row = stages::locked_by_itself(&tx, id).await?.filter(|row| row.selected_at.is_some()).ok_or_else(missing)?;
            let desk = viewer.desk_of(row.committee_id, &row.division_code).is_some();
            let known = facts::of(&*tx, cx.now(), std::slice::from_ref(&row)).await?.remove(&id).unwrap_or_default();
            let writes = desk || known.secretaries.contains(&viewer.account) || known.convenors.contains(&viewer.account);
            let part = people::store::part_of(&*tx, id, viewer.account, &crate::handovers::units_of(viewer)).await?;
            let speaks = part.is_some_and(|part| part.party != Party::Observer);
            if !writes && !speaks {
                return Err(Stop::Refused(Refuse::Because(Reason::NotInvited)));
            }
            if !matches!(row.state, S::Announced | S::InSitting) {
                return Err(Stop::Refused(Refuse::Move(No::NotNow)));
            }
            if !writes && store::made_by(&tx, id, viewer.account).await? >= MOST_OF_ONE {
                return Err(Stop::Refused(Refuse::Because(Reason::StatementsUsedUp)));
            }
            let number = store::last_number(&tx, id).await? + 1;
            if number > MOST {
                return Err(
                    ApiError::bad_input("text", say(format!("一场协商最多{MOST}条观点。"), format!("There are {MOST} statements at most."))).into()
                );
            }
            let role = if writes { "SECRETARY" } else { "PARTICIPANT" };
            let statement = consultation_statement::Model {
                id: cx.new_id(),
                consultation_id: id,
                number,
                text: text.to_owned(),
                at: cx.now(),
                role: role.to_owned(),
                account_id: viewer.account,
            };
            let entry = audit::Entry::new("addStatement", role, statement.id);
            store::insert_statement(&tx, statement).await?;
            audit::record(&tx, cx, audit::Entry { committee: Some(row.committee_id), ..entry }).await?;
            Ok((id, false))
        })
        .await;
    finish(cx, done).await
}
