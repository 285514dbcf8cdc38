//! Micro-consultations (小微协商): programmes by which a committee consults, the year's plan, the chair's meeting that decides, each
//! consultation from proposal to its end, who takes part, what they say and agree on, what becomes of that, and the certificate of what a
//! small group agrees on.
//!
//! Words: a *programme* (名目) is the local rules under a name, in *versions* that are never changed; a *plan* says what is to be
//! consulted about in a year; the *chair's meeting* decides about plans and proposals; a *party* is as what somebody takes part; a
//! *certificate* says that parties agree on a statement, and anyone can recompute it. Invariants, held by the database: one programme a
//! name and committee, one plan a year, one meeting a number and term, one live consultation per item of the plan and per topic; only
//! declared moves (`consultation_moves`); no plan approved that nobody could comment on; history only added to. Locks go from the plan to
//! consultations by id, from a consultation to its topic.

pub mod certificate;
mod conduct;
mod ending;
mod export;
mod items;
mod later;
mod loaders;
mod meeting;
mod minutes;
mod mutations;
mod people;
mod plan;
mod programme;
mod quota;
mod sitting;
mod stage;
mod verify;
mod voices;

use crate::app::App;
use crate::kernel::{ApiError, Cx, Gid, WriteTx};
use async_graphql::connection::Connection;
use async_graphql::{Context, Object};
use chrono::NaiveDate;
pub use conduct::ConductMutation;
pub use ending::{
    CloseConsultationInput, EvaluateConsultationInput, Evaluation, Instruction, NameEvaluatorInput, QuestionRating, RecordInstructionInput,
    ReopenConsultationInput, ReportConsultationInput,
};
pub use export::export;
pub use items::moves as agreed_item_moves;
pub use items::{
    AcknowledgeCannotInput, AgreedItem, AgreedItemEvent, AgreedItemMove, AgreedItemPayload, AgreedItemRefusalReason, AgreedItemRefused,
    AgreedItemResult, ConfirmItemInput, ProgressItemInput, SuperviseItemInput, SupervisionKind,
};
pub use items::{
    asked_by as item_asked_by, handed_over as item_handed_over, lock as lock_item, unit_accepted as item_accepted, unit_replied as item_replied,
    unit_returned as item_returned,
};
pub use loaders::Loaders;
pub use meeting::{
    ChairDecision, ChairDecisionInput, ChairMeeting, ChairMeetingPayload, ChairMeetingRefusalReason, ChairMeetingRefused, ChairMeetingResult,
    DecisionsWaiting, HoldChairMeetingInput,
};
pub use minutes::{
    DraftMinutesInput, Minutes, MinutesItem, MinutesItemInput, MinutesSignature, ObjectToMinutesInput, PublishMinutesInput, SignMinutesInput,
};
pub use mutations::ConsultationsMutation;
pub use people::{
    AskToAttendInput, CheckInToSittingInput, Contribution, DoorCode, DoorGuest, InviteInput, Invitee, Participant, PartyTurnout,
    RecordAttendanceInput, RecordContributionInput, RespondToInvitationInput, SittingAnswer, SittingReply, erase,
};
pub use plan::{
    CommentOnPlanInput, DraftPlanInput, PlanComment, PlanItem, PlanItemInput, PlanRefusalReason, PlanRefused, YearPlan, YearPlanPayload,
    YearPlanResult, YearPlanState,
};
pub use programme::{
    ConsensusThreshold, CreateProgrammeInput, Programme, ProgrammeContentInput, ProgrammePayload, ProgrammeQuota, ProgrammeRefusalReason,
    ProgrammeRefused, ProgrammeResult, ProgrammeSeed, ProgrammeSeedOffer, ProgrammeVersion, PublishProgrammeVersionInput,
};
pub use quota::{QuotaBoard, QuotaLine};
use shangyi_entities::consultation::ConsultationState;
use shangyi_entities::{
    AccountId, AgreedItemId, ConsultationId, MemberId, OrganisationId, ProgrammeId, SittingId, Timestamp, VenueId, YearPlanId, consultation_sitting,
};
pub use sitting::{AddSittingInput, AnnounceConsultationInput, ChangeSittingInput, ConsultationSitting, HallTime, StartSittingInput};
pub use stage::moves as consultation_moves;
pub use stage::{
    AddResearchInput, CancelConsultationInput, CoHost, Consultation, ConsultationEvent, ConsultationMove, ConsultationPayload,
    ConsultationRefusalReason, ConsultationRefused, ConsultationResult, PostponeConsultationInput, ProposeConsultationInput, Research, ResearchCount,
    RespondToCoHostingInput, ResumeConsultationInput, SelectConsultationInput,
};
pub use verify::{CertificateCheck, PartyCounts};
pub use voices::{AddStatementInput, ConsultationStatement, StatementCertificate, VotePayload, VoteResult, VoteStatementInput};

/// The programme of that id, read together with the others the request asks for.
pub async fn load_programme(ctx: &Context<'_>, id: ProgrammeId) -> Result<Option<Programme>, ApiError> {
    loaders::of(ctx).programme(id).await
}

/// The plan of that id, for the internal side of its committee.
pub async fn load_plan(ctx: &Context<'_>, id: YearPlanId) -> Result<Option<YearPlan>, ApiError> {
    loaders::of(ctx).plan(id).await
}

/// The consultation of that id, if the viewer may know of it.
pub async fn load(ctx: &Context<'_>, id: ConsultationId) -> Result<Option<Consultation>, ApiError> {
    loaders::of(ctx).consultation(id).await
}

/// The agreed item of that id.
pub async fn load_item(ctx: &Context<'_>, id: AgreedItemId) -> Result<Option<AgreedItem>, ApiError> {
    loaders::of(ctx).agreed_item(id).await
}

/// What was agreed on in a consultation, by number.
pub async fn items_of(ctx: &Context<'_>, id: ConsultationId) -> Result<Vec<AgreedItem>, ApiError> {
    Ok(loaders::of(ctx).agreed(id).await?.into_iter().map(AgreedItem).collect())
}

/// What happens by the clock: offers of seats end, items and consultations that nobody has a word for; whether there may be more.
pub async fn by_the_clock(app: &App) -> Result<bool, ApiError> {
    let seats = people::run_by_the_clock(app).await?;
    Ok(items::run_by_the_clock(app).await? || seats)
}

/// What a person leads, keeps the minutes of or attends between two moments, given back or not.
pub async fn sittings_of(cx: &Cx, account: AccountId, from: Timestamp, until: Timestamp) -> Result<Vec<consultation_sitting::Model>, ApiError> {
    let mut found = sitting::store::of_person(cx, account, from, until).await?;
    for row in people::store::attending(cx, account, from, until).await? {
        if !found.iter().any(|known| known.id == row.id) {
            found.push(row);
        }
    }
    Ok(found)
}

/// Whether sittings are to come in a hall.
pub async fn any_ahead(tx: &WriteTx, cx: &Cx, hall: VenueId) -> Result<bool, ApiError> {
    sitting::store::any_ahead(tx, hall, cx.now()).await
}

/// Whether a committee has ever kept a programme.
pub async fn any(db: &impl sea_orm::ConnectionTrait) -> Result<bool, ApiError> {
    programme::store::any(db).await
}

/// Reading programmes, plans and consultations, and checking certificates.
#[derive(Default)]
pub struct ConsultationsQuery;

#[Object]
impl ConsultationsQuery {
    /// The seven programmes that are offered to begin with. Public.
    #[graphql(complexity = "7 * child_complexity + 1")]
    async fn programme_seeds(&self) -> Vec<ProgrammeSeedOffer> {
        programme::offers()
    }

    /// The programmes of a committee, the oldest first. Public; empty where there is no such committee.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn programmes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The committee.")] committee_id: Gid<OrganisationId>,
    ) -> Result<Vec<Programme>, ApiError> {
        let rows = programme::store::of_committee(ctx.data_unchecked::<Cx>(), committee_id.0).await?;
        Ok(rows.into_iter().map(Programme).collect())
    }

    /// A programme. Null where there is none; `BAD_INPUT` for what is no programme's id. Public.
    async fn programme(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: Gid<ProgrammeId>) -> Result<Option<Programme>, ApiError> {
        load_programme(ctx, id.0).await
    }

    /// What a committee means to consult about in a year. For the internal side of the committee; null for others, and where there is
    /// none yet.
    async fn year_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The committee.")] committee_id: Gid<OrganisationId>,
        #[graphql(desc = "The year.")] year: i64,
    ) -> Result<Option<YearPlan>, ApiError> {
        plan::of_year(ctx.data_unchecked::<Cx>(), committee_id.0, year).await
    }

    /// What waits for the chair's meeting: plans and proposals. For the chair and the general desk of the committee.
    #[graphql(complexity = "child_complexity + 1")]
    async fn decisions_waiting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The committee.")] committee_id: Gid<OrganisationId>,
    ) -> Result<DecisionsWaiting, ApiError> {
        meeting::waiting(ctx.data_unchecked::<Cx>(), committee_id.0).await
    }

    /// The last chair's meetings, the latest entered first; at most 20. For the internal side of the committee; empty for others.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn chair_meetings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The committee.")] committee_id: Gid<OrganisationId>,
    ) -> Result<Vec<ChairMeeting>, ApiError> {
        meeting::last(ctx.data_unchecked::<Cx>(), committee_id.0).await
    }

    /// Consultations in the subtree of a division, the latest proposed first: those that were selected, and for the internal side of
    /// their committees the proposals too. Public.
    #[graphql(complexity = "crate::kernel::pages::rows(first) * child_complexity + 1")]
    async fn consultations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only in this division and what lies under it.")] division_code: Option<String>,
        #[graphql(desc = "Only in this state.")] state: Option<ConsultationState>,
        #[graphql(desc = "Page size, 1 to 50; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<Connection<String, Consultation>, ApiError> {
        stage::lists::all(ctx.data_unchecked::<Cx>(), division_code.as_deref(), state, first, after.as_deref()).await
    }

    /// A consultation. Null where there is none, or none for the viewer to know of; `BAD_INPUT` for what is no consultation's id.
    async fn consultation(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: Gid<ConsultationId>) -> Result<Option<Consultation>, ApiError> {
        load(ctx, id.0).await
    }

    /// Up to three times at which a hall is free, those first at which the fewest of the invitees have something else, working days before
    /// days off, then the earliest; between 08:30 and 21:00 (Asia/Shanghai), from full and half hours on. For the internal side of a
    /// committee that holds it.
    #[graphql(complexity = "20 + 3 * child_complexity")]
    #[allow(clippy::too_many_arguments, reason = "each says what is looked for")]
    async fn find_times(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The hall.")] hall_id: Gid<VenueId>,
        #[graphql(desc = "Members of the committee that holds it who are to come; at most 200.")] invitee_ids: Vec<Gid<MemberId>>,
        #[graphql(desc = "How long, 15 to 720 minutes.")] duration_minutes: i64,
        #[graphql(desc = "The first day.")] from: NaiveDate,
        #[graphql(desc = "The last day, at most 61 days later.")] until: NaiveDate,
        #[graphql(desc = "For which consultation: its notice is kept, and its co-hosts' halls and members count; no notice when left out.")]
        consultation_id: Option<Gid<ConsultationId>>,
        #[graphql(desc = "Who is to lead: only times at which they are free.")] convenor_id: Option<Gid<MemberId>>,
    ) -> Result<Vec<HallTime>, ApiError> {
        let (consultation, convenor) = (consultation_id.map(|id| id.0), convenor_id.map(|id| id.0));
        let look = sitting::Look { consultation, hall: hall_id.0, convenor, invitees: &invitee_ids, minutes: duration_minutes, from, until };
        sitting::find_times(ctx.data_unchecked::<Cx>(), look).await
    }

    /// The consensus certificates of a consultation's statements, by number, from the votes as they are: public once its minutes are, and
    /// before that for who leads a sitting, keeps the minutes, and its desk; empty for others. Null where there is no such consultation.
    #[graphql(complexity = "50 * child_complexity + 1")]
    async fn certificate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The consultation.")] consultation_id: Gid<ConsultationId>,
    ) -> Result<Option<Vec<StatementCertificate>>, ApiError> {
        match load(ctx, consultation_id.0).await? {
            Some(consultation) => consultation.certificates(ctx).await.map(Some),
            None => Ok(None),
        }
    }

    /// What was agreed on and given to units, the oldest first: for units what is theirs, for the internal side what is their committee's.
    /// `FORBIDDEN` for others, who read items on the page of their consultation.
    #[graphql(complexity = "crate::kernel::pages::rows(first) * child_complexity + 1")]
    #[allow(clippy::too_many_arguments, reason = "each says what is looked for")]
    async fn tracking_board(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only what this unit does.")] unit_id: Option<Gid<OrganisationId>>,
        #[graphql(desc = "Only in this division and what lies under it.")] division_code: Option<String>,
        #[graphql(desc = "Only what is with its unit and past its date.")] overdue: Option<bool>,
        #[graphql(desc = "Page size, 1 to 50; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<Connection<String, AgreedItem>, ApiError> {
        let which = (unit_id.map(|id| id.0), division_code.as_deref());
        items::board(ctx.data_unchecked::<Cx>(), which, overdue.unwrap_or(false), first, after.as_deref()).await
    }

    /// How many consultations there are to be in a year, are planned, and were held, by programme. Public.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn quota_board(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The year, in Asia/Shanghai.")] year: i64,
        #[graphql(desc = "Of which division: the smallest committee that covers it says what is to be.")] division_code: String,
    ) -> Result<QuotaBoard, ApiError> {
        quota::board(ctx.data_unchecked::<Cx>(), year, &division_code).await
    }

    /// The code at the door of a sitting; it changes every 30 seconds. For who leads it, who keeps its minutes, and its desk.
    #[graphql(complexity = "10 + child_complexity")]
    async fn door_code(&self, ctx: &Context<'_>, #[graphql(desc = "The sitting.")] sitting_id: Gid<SittingId>) -> Result<DoorCode, ApiError> {
        people::door_code(ctx.data_unchecked::<Cx>(), sitting_id.0).await
    }

    /// What counts of votes say, by the formula of the consensus certificate: anyone can check one by it. Public; reads nothing.
    /// `BAD_INPUT` for a party twice, or a number below 0.
    async fn verify_certificate(
        &self,
        #[graphql(desc = "The votes, each party once, in any order.")] counts: Vec<PartyCounts>,
        #[graphql(desc = "The threshold; 3/5 when left out.")] threshold: Option<ConsensusThreshold>,
    ) -> Result<CertificateCheck, ApiError> {
        verify::run(&counts, threshold)
    }
}
