use super::ending::{
    self, CloseConsultationInput, EvaluateConsultationInput, NameEvaluatorInput, RecordInstructionInput, ReopenConsultationInput,
    ReportConsultationInput,
};
use super::items::{self, AcknowledgeCannotInput, AgreedItemResult, ConfirmItemInput, ProgressItemInput, SuperviseItemInput};
use super::minutes::{self, DraftMinutesInput, ObjectToMinutesInput, PublishMinutesInput, SignMinutesInput};
use super::people::{
    self, AskToAttendInput, CheckInToSittingInput, InviteInput, RecordAttendanceInput, RecordContributionInput, RespondToInvitationInput,
};
use super::sitting::{self, AddSittingInput, StartSittingInput};
use super::stage::ConsultationResult;
use super::voices::{self, AddStatementInput, VoteResult, VoteStatementInput};
use crate::kernel::{ApiError, Cx};
use async_graphql::{Context, Object};

/// Holding consultations, and what comes of them.
#[derive(Default)]
pub struct ConductMutation;

#[Object]
impl ConductMutation {
    /// Invites members, units and other people to an announced consultation, each as a party that is not changed any more; those who take
    /// part already are passed over. For its desk, and the special committee that prepares it. Refused: `STATE_CHANGED`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn invite(&self, ctx: &Context<'_>, #[graphql(desc = "Whom.")] input: InviteInput) -> Result<ConsultationResult, ApiError> {
        people::invite(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Replies to a sitting: attending takes a seat and the person's time. For whoever takes part, and the staff of a unit that does.
    /// Refused: `NOT_INVITED`, `FULL`, `PERSON_TAKEN`, `SITTING_BEGUN`, `STATE_CHANGED`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn respond_to_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The reply.")] input: RespondToInvitationInput,
    ) -> Result<ConsultationResult, ApiError> {
        people::respond(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Comes to a sitting of one's own accord, to take part or to look on. As what, follows from authorship, backing, home and membership.
    /// Refused: `TAKES_PART_ALREADY`, `NOT_A_PARTY`, `FULL`, `PERSON_TAKEN`, `SITTING_BEGUN`, `STATE_CHANGED`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn ask_to_attend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which sitting.")] input: AskToAttendInput,
    ) -> Result<ConsultationResult, ApiError> {
        people::ask(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Checks in at the door with the code on its screen. Who was not on the list is then. Refused: `NOT_OPEN_YET`, `CODE_INVALID`,
    /// `CODE_EXPIRED`, `LIMIT_REACHED`, `STATE_CHANGED`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn check_in_to_sitting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code.")] input: CheckInToSittingInput,
    ) -> Result<ConsultationResult, ApiError> {
        people::check_in(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Starts the next sitting, from half an hour before its time on; as what people take part is fixed from then on. For who keeps its
    /// minutes, and its desk. Refused: `SITTING_NOT_BEGUN`, `STATE_CHANGED`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn start_sitting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which consultation.")] input: StartSittingInput,
    ) -> Result<ConsultationResult, ApiError> {
        sitting::start(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Enters who was at a sitting, and corrects it; worth the same as a check-in at the door. For who keeps the minutes, and the desk.
    /// Refused: `STATE_CHANGED`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn record_attendance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who was there.")] input: RecordAttendanceInput,
    ) -> Result<ConsultationResult, ApiError> {
        people::attend(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Enters what somebody said. For who keeps the minutes, and the desk. Refused: `STATE_CHANGED`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn record_contribution(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who said what.")] input: RecordContributionInput,
    ) -> Result<ConsultationResult, ApiError> {
        people::contribute(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Announces another sitting of a consultation; everyone who takes part is asked to it. For its desk, and the special committee that
    /// prepares it. Refused: `NOTICE_TOO_SHORT`, `HALL_TAKEN`, `PERSON_TAKEN`, `STATE_CHANGED`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn add_sitting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "When, where and by whom.")] input: AddSittingInput,
    ) -> Result<ConsultationResult, ApiError> {
        sitting::add(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Adds a statement to agree or disagree with. For who takes part and does not only look on, and who keeps the minutes. Refused:
    /// `NOT_INVITED`, `STATE_CHANGED`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn add_statement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it says.")] input: AddStatementInput,
    ) -> Result<ConsultationResult, ApiError> {
        voices::add_statement(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Votes on a statement; the last vote counts, until the minutes are published. For who takes part, was there, and does not only look
    /// on. Refused: `NOT_INVITED`, `NOT_PRESENT`, `STATE_CHANGED`.
    #[graphql(complexity = "20 + child_complexity")]
    async fn vote_statement(&self, ctx: &Context<'_>, #[graphql(desc = "The vote.")] input: VoteStatementInput) -> Result<VoteResult, ApiError> {
        voices::vote(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Drafts the minutes; each draft takes the place of the one before, and who led the sitting is asked to sign it. For who keeps them,
    /// and the desk. Refused: `STATE_CHANGED`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn draft_minutes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The draft.")] input: DraftMinutesInput,
    ) -> Result<ConsultationResult, ApiError> {
        minutes::draft(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Signs minutes: the last draft, or those in force. For who led a sitting, keeps the minutes, or was there. Refused: `NOT_PRESENT`,
    /// `DRAFT_REPLACED`, `SIGNED_ALREADY`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn sign_minutes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] input: SignMinutesInput,
    ) -> Result<ConsultationResult, ApiError> {
        minutes::sign(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Objects to minutes, with a note; an objection of who led the sitting keeps a draft from being published. For the same people.
    /// Refused: `NOT_PRESENT`, `DRAFT_REPLACED`, `SIGNED_ALREADY`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn object_to_minutes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones and why.")] input: ObjectToMinutesInput,
    ) -> Result<ConsultationResult, ApiError> {
        minutes::object(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Puts the last draft in force. Everyone who raised or backed the topic is told. For who keeps the minutes, and the desk. Refused:
    /// `NO_MINUTES`, `NO_ATTENDANCE`, `ITEM_WITHOUT_UNIT`, `NOT_SIGNED`, `STATE_CHANGED`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn publish_minutes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which consultation.")] input: PublishMinutesInput,
    ) -> Result<ConsultationResult, ApiError> {
        minutes::publish(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Drafts a further version of published minutes: items are added, corrected or superseded, never dropped. It is signed and published
    /// like the first. For who keeps the minutes, and the desk. Refused: `STATE_CHANGED`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn amend_minutes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The draft.")] input: DraftMinutesInput,
    ) -> Result<ConsultationResult, ApiError> {
        minutes::amend(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Reports a consultation; what was agreed on is given to its units and tracked from then on. For the committee's general desk.
    /// Refused: `STATE_CHANGED`.
    #[graphql(complexity = "50 + child_complexity")]
    async fn report_consultation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "To whom.")] input: ReportConsultationInput,
    ) -> Result<ConsultationResult, ApiError> {
        ending::report(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Enters what a leader wrote on a report. For the committee's general desk. Refused: `STATE_CHANGED`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn record_instruction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What.")] input: RecordInstructionInput,
    ) -> Result<ConsultationResult, ApiError> {
        ending::instruct(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Lets an evaluator of the committee rate this consultation, and no other. For the committee's general desk.
    #[graphql(complexity = "30 + child_complexity")]
    async fn name_evaluator(&self, ctx: &Context<'_>, #[graphql(desc = "Whom.")] input: NameEvaluatorInput) -> Result<ConsultationResult, ApiError> {
        ending::name_evaluator(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Rates a consultation and its results, once a round. For who took part, its evaluators, and who organises it, who count apart. With
    /// one rating from outside and nothing open any more, it is evaluated by itself. Refused: `RATED_ALREADY`, `STATE_CHANGED`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn evaluate_consultation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rating.")] input: EvaluateConsultationInput,
    ) -> Result<ConsultationResult, ApiError> {
        ending::evaluate(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Closes a consultation that was evaluated. For its desk. Refused: `ITEMS_OPEN`, `STATE_CHANGED`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn close_consultation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: CloseConsultationInput,
    ) -> Result<ConsultationResult, ApiError> {
        ending::close(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Takes a closed consultation up again; amended minutes say what is to be done. For its desk. Refused: `CONSULTED_ALREADY`,
    /// `STATE_CHANGED`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn reopen_consultation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one and why.")] input: ReopenConsultationInput,
    ) -> Result<ConsultationResult, ApiError> {
        ending::reopen(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Says how far an agreed item has come. For the staff of its unit. Refused: `NOT_GIVEN`, `STATE_CHANGED`.
    #[graphql(complexity = "20 + child_complexity")]
    async fn progress_item(&self, ctx: &Context<'_>, #[graphql(desc = "How far.")] input: ProgressItemInput) -> Result<AgreedItemResult, ApiError> {
        items::progress(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Acknowledges that an agreed item cannot be done, as its unit says: that ends it. For the desk. Refused: `STATE_CHANGED`.
    #[graphql(complexity = "20 + child_complexity")]
    async fn acknowledge_cannot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: AcknowledgeCannotInput,
    ) -> Result<AgreedItemResult, ApiError> {
        items::acknowledge(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Says whether an agreed item is done as its unit says: one who says no lets it go on; once all say yes it is confirmed, after 28 days
    /// it ends by itself. For who asked: raised the topic, or came as a stakeholder or resident where there is none. Refused:
    /// `NEEDS_ANOTHER_PERSON`, `SAID_ALREADY`, `STATE_CHANGED`.
    #[graphql(complexity = "20 + child_complexity")]
    async fn confirm_item(&self, ctx: &Context<'_>, #[graphql(desc = "Whether.")] input: ConfirmItemInput) -> Result<AgreedItemResult, ApiError> {
        items::confirm(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Presses for an overdue item: a reminder, then a letter of inquiry, then an inspection, each a dated fact. For the desk. Refused:
    /// `NOT_OVERDUE`, `STEP_SKIPPED`, `NOT_GIVEN`, `STATE_CHANGED`.
    #[graphql(complexity = "20 + child_complexity")]
    async fn supervise_item(&self, ctx: &Context<'_>, #[graphql(desc = "How.")] input: SuperviseItemInput) -> Result<AgreedItemResult, ApiError> {
        items::supervise(ctx.data_unchecked::<Cx>(), input).await
    }
}
