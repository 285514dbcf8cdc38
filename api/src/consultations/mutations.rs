use super::meeting::{self, ChairMeetingResult, HoldChairMeetingInput};
use super::plan::{self, CommentOnPlanInput, DraftPlanInput, YearPlanResult};
use super::programme::{self, CreateProgrammeInput, ProgrammeResult, PublishProgrammeVersionInput};
use super::sitting::{self, AnnounceConsultationInput, ChangeSittingInput};
use super::stage::{
    self, AddResearchInput, CancelConsultationInput, ConsultationResult, PostponeConsultationInput, ProposeConsultationInput,
    RespondToCoHostingInput, ResumeConsultationInput, SelectConsultationInput,
};
use crate::kernel::{ApiError, Cx};
use async_graphql::{Context, Object};

/// Keeping programmes and plans, and moving consultations.
#[derive(Default)]
pub struct ConsultationsMutation;

#[Object]
impl ConsultationsMutation {
    /// Creates a programme of a committee, from one of the seven that are offered or with content of one's own. For the committee's
    /// general desk. Refused: `NAME_TAKEN`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn create_programme(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: CreateProgrammeInput,
    ) -> Result<ProgrammeResult, ApiError> {
        programme::create(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Publishes a further version of a programme; consultations that have begun keep theirs. For the committee's general desk.
    /// Refused: `NAME_TAKEN`, `STATE_CHANGED`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn publish_programme_version(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it says from now on.")] input: PublishProgrammeVersionInput,
    ) -> Result<ProgrammeResult, ApiError> {
        programme::publish(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Drafts the plan of a year, or changes it; what was approved stays in force until the next approval. For the committee's general
    /// desk. Refused: `STATE_CHANGED`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn draft_plan(&self, ctx: &Context<'_>, #[graphql(desc = "What it says.")] input: DraftPlanInput) -> Result<YearPlanResult, ApiError> {
        plan::draft(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Says something of a plan. For members of the committee. Refused: `STATE_CHANGED`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn comment_on_plan(&self, ctx: &Context<'_>, #[graphql(desc = "What.")] input: CommentOnPlanInput) -> Result<YearPlanResult, ApiError> {
        plan::comment(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Enters a chair's meeting that was held, with what it decided about plans and proposals: all of it or nothing. For the chair, and
    /// the general desk that keeps its minutes. Refused: `HELD_ALREADY`, `PLAN_NOT_COMMENTED`, `NOT_IN_PLAN`, `STATE_CHANGED`.
    #[graphql(complexity = "50 + child_complexity")]
    async fn hold_chair_meeting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The meeting.")] input: HoldChairMeetingInput,
    ) -> Result<ChairMeetingResult, ApiError> {
        meeting::hold(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Proposes a consultation: an item of the approved plan, a topic of one's desk, or a special matter. For who prepares it, the general
    /// desk, and members for special matters. Refused: `CONSULTED_ALREADY`, `TOPIC_NOT_READY`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn propose_consultation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What about.")] input: ProposeConsultationInput,
    ) -> Result<ConsultationResult, ApiError> {
        stage::propose(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Says whether a committee holds a consultation together with the one that asks. For its general desk. Refused: `NOT_ASKED`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn respond_to_co_hosting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and whether.")] input: RespondToCoHostingInput,
    ) -> Result<ConsultationResult, ApiError> {
        stage::respond_to_co_hosting(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Selects a proposal of the approved plan, where its programme leaves that to the liaison committee. For its liaison officer, but not
    /// for what they proposed themselves. Refused: `NOT_DELEGATED`, `NOT_IN_PLAN`, `NEEDS_ANOTHER_PERSON`, `STATE_CHANGED`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn select_consultation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: SelectConsultationInput,
    ) -> Result<ConsultationResult, ApiError> {
        stage::select(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Enters what was found out before a consultation: without it nothing is announced. For who prepares it, and its desk. Refused:
    /// `STATE_CHANGED`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn add_research(&self, ctx: &Context<'_>, #[graphql(desc = "What.")] input: AddResearchInput) -> Result<ConsultationResult, ApiError> {
        stage::add_research(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Announces a consultation with its first sitting: takes hall and convenor, or says what kind of thing is in the way. For its desk, and
    /// the special committee that prepares it. Everyone who raised or backed its topic is told. Refused: `NO_RESEARCH`,
    /// `NOTICE_TOO_SHORT`, `HALL_TAKEN`, `PERSON_TAKEN`, `STATE_CHANGED`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn announce_consultation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "When, where and by whom.")] input: AnnounceConsultationInput,
    ) -> Result<ConsultationResult, ApiError> {
        sitting::announce(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Moves a sitting that is to come to another time or hall. For whoever may announce it. Refused: `NOTICE_TOO_SHORT`, `HALL_TAKEN`,
    /// `PERSON_TAKEN`, `SITTING_BEGUN`, `STATE_CHANGED`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn change_sitting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: ChangeSittingInput,
    ) -> Result<ConsultationResult, ApiError> {
        sitting::change(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Lays a consultation aside; hall and people have their time back. For its desk. Refused: `STATE_CHANGED`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn postpone_consultation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and why.")] input: PostponeConsultationInput,
    ) -> Result<ConsultationResult, ApiError> {
        stage::postpone(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Goes on with one that was postponed. For its desk. Refused: `STATE_CHANGED`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn resume_consultation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: ResumeConsultationInput,
    ) -> Result<ConsultationResult, ApiError> {
        stage::resume(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Ends a consultation; a topic that became it is answered with the reason. For its desk, and before it was selected for who prepares
    /// it. Refused: `STATE_CHANGED`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn cancel_consultation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and why.")] input: CancelConsultationInput,
    ) -> Result<ConsultationResult, ApiError> {
        stage::cancel(ctx.data_unchecked::<Cx>(), input).await
    }
}
