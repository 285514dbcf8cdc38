//! The schema: every room's roots, and the two lists a new room is added to: `Node` and `Refusal`.
use crate::app::App;
use crate::audit::{self, AuditQuery, AuditRow};
use crate::auth::{AuthMutation, AuthQuery, EraseMeRefused, SignInRefused};
use crate::calendar::CalendarQuery;
use crate::campaigns::{self, Campaign, CampaignRefused, CampaignsMutation, CampaignsQuery};
use crate::check_ins::{self, CheckInConflict, CheckInRefused, CheckInsMutation, CheckInsQuery, LateEntry, Visit};
use crate::consultations::{
    self, AgreedItem, AgreedItemRefused, ChairMeetingRefused, ConductMutation, Consultation, ConsultationRefused, ConsultationsMutation,
    ConsultationsQuery, PlanRefused, Programme, ProgrammeRefused, YearPlan,
};
use crate::duty::{self, DutyMutation, DutyQuery, DutyRefused, DutySlot};
use crate::feeds::{CalendarFeedRefused, FeedsMutation, FeedsQuery};
use crate::handovers::{self, HandOver, HandOverRefused, HandOversMutation, HandOversQuery};
use crate::http::guard::Guard;
use crate::kernel::{ApiError, Cx, Gid};
use crate::lineage::LineageQuery;
use crate::notices::{self, Notice, NoticesMutation, NoticesQuery};
use crate::office::OfficeQuery;
use crate::organisation::{
    self, Appointment, AppointmentRefused, Division, Member, Organisation, OrganisationMutation, OrganisationQuery, Place, Venue,
};
use crate::receptions::{self, Booking, BookingRefused, ReceptionDay, ReceptionRecord, ReceptionRefused, ReceptionsMutation, ReceptionsQuery};
use crate::studios::{self, StudioRefused, StudiosMutation, StudiosQuery};
use crate::topics::{self, ClusterMutation, MergeProposal, OutcomeMutation, Topic, TopicRefused, TopicsMutation, TopicsQuery};
use async_graphql::{Context, EmptySubscription, ID, Interface, MergedObject, Object, Request, SDLExportOptions, Schema};
use shangyi_entities::{
    AgreedItemId, AppointmentId, AuditId, BookingId, CampaignId, CheckInConflictId, ConsultationId, DutySlotId, HandOverId, LateEntryId, MemberId,
    MergeProposalId, NoticeId, OrganisationId, PlaceId, ProgrammeId, ReceptionDayId, ReceptionRecordId, TopicId, VenueId, VisitId, YearPlanId,
};

/// Reading.
#[derive(MergedObject, Default)]
pub struct Query(
    NodeQuery,
    AuthQuery,
    OrganisationQuery,
    TopicsQuery,
    NoticesQuery,
    AuditQuery,
    CalendarQuery,
    StudiosQuery,
    DutyQuery,
    CheckInsQuery,
    CampaignsQuery,
    HandOversQuery,
    LineageQuery,
    ReceptionsQuery,
    FeedsQuery,
    OfficeQuery,
    ConsultationsQuery,
);

/// Writing.
#[derive(MergedObject, Default)]
pub struct Mutation(
    AuthMutation,
    OrganisationMutation,
    TopicsMutation,
    ClusterMutation,
    OutcomeMutation,
    NoticesMutation,
    StudiosMutation,
    DutyMutation,
    CheckInsMutation,
    CampaignsMutation,
    HandOversMutation,
    ReceptionsMutation,
    FeedsMutation,
    ConsultationsMutation,
    ConductMutation,
);

/// The schema of the API.
pub type ApiSchema = Schema<Query, Mutation, EmptySubscription>;

/// A thing with an id, readable through `node(id)` by whoever may know of it.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Its id: opaque; the word before the underscore says its kind."))]
#[allow(clippy::large_enum_variant, reason = "made once per field")]
pub enum Node {
    /// A topic.
    Topic(Topic),
    /// An organisation.
    Organisation(Organisation),
    /// A member.
    Member(Member),
    /// A venue.
    Venue(Venue),
    /// A place.
    Place(Place),
    /// A division.
    Division(Division),
    /// An appointment.
    Appointment(Appointment),
    /// A notice.
    Notice(Notice),
    /// A row of the audit trail.
    AuditRow(AuditRow),
    /// A duty slot.
    DutySlot(DutySlot),
    /// A visit to a studio.
    Visit(Visit),
    /// A late entry.
    LateEntry(LateEntry),
    /// A conflict of check-ins.
    CheckInConflict(CheckInConflict),
    /// A campaign.
    Campaign(Campaign),
    /// A hand-over.
    HandOver(HandOver),
    /// A proposal to merge topics.
    MergeProposal(MergeProposal),
    /// A reception day.
    ReceptionDay(ReceptionDay),
    /// A booking.
    Booking(Booking),
    /// A reception record.
    ReceptionRecord(ReceptionRecord),
    /// A programme of consultations.
    Programme(Programme),
    /// A year's plan of consultations.
    YearPlan(YearPlan),
    /// A consultation.
    Consultation(Consultation),
    /// What was agreed on in a consultation.
    AgreedItem(AgreedItem),
}

/// A refusal by the rules: data, not an error. The room's own type adds the reason as an enum and what the phone needs.
#[derive(Interface)]
#[allow(clippy::duplicated_attributes, reason = "both fields are texts")]
#[graphql(
    field(name = "code", ty = "&String", desc = "The reason as a word."),
    field(name = "message", ty = "&String", desc = "The sentence to show, in the language asked for, with the next step.")
)]
pub enum Refusal {
    /// Of a sign-in.
    SignInRefused(SignInRefused),
    /// Of an erasure.
    EraseMeRefused(EraseMeRefused),
    /// Of an appointment.
    AppointmentRefused(AppointmentRefused),
    /// Of a write on a topic.
    TopicRefused(TopicRefused),
    /// Of a write on a studio.
    StudioRefused(StudioRefused),
    /// Of a write on duty.
    DutyRefused(DutyRefused),
    /// Of an entry, and of what is decided about entries.
    CheckInRefused(CheckInRefused),
    /// Of a write on a campaign.
    CampaignRefused(CampaignRefused),
    /// Of a write on a hand-over.
    HandOverRefused(HandOverRefused),
    /// Of a booking, and of what is done with it.
    BookingRefused(BookingRefused),
    /// Of a write on a reception day or a record.
    ReceptionRefused(ReceptionRefused),
    /// Of a calendar feed.
    CalendarFeedRefused(CalendarFeedRefused),
    /// Of a write on a programme.
    ProgrammeRefused(ProgrammeRefused),
    /// Of a write on a plan.
    PlanRefused(PlanRefused),
    /// Of a chair's meeting.
    ChairMeetingRefused(ChairMeetingRefused),
    /// Of a write on a consultation.
    ConsultationRefused(ConsultationRefused),
    /// Of a write on an agreed item.
    AgreedItemRefused(AgreedItemRefused),
}

/// Reading anything by its id.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The thing of that id; null where there is none, or none for the viewer to know of.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "An id of this API.")] id: ID) -> Result<Option<Node>, ApiError> {
        let cx = ctx.data_unchecked::<Cx>();
        let id = id.as_str();
        if let Some(id) = Gid::<TopicId>::parse(id) {
            return Ok(topics::load(ctx, id.0).await?.map(Node::Topic));
        }
        if let Some(id) = Gid::<OrganisationId>::parse(id) {
            return Ok(organisation::load_organisation(ctx, id.0).await?.map(Node::Organisation));
        }
        if let Some(id) = Gid::<MemberId>::parse(id) {
            return Ok(organisation::find_member(cx, id.0).await?.map(Node::Member));
        }
        if let Some(id) = Gid::<VenueId>::parse(id) {
            return Ok(organisation::find_venue(cx, id.0).await?.map(Node::Venue));
        }
        if let Some(id) = Gid::<PlaceId>::parse(id) {
            return Ok(organisation::find_place(cx, id.0).await?.map(Node::Place));
        }
        if let Some(code) = id.strip_prefix("division_") {
            return Ok(organisation::load_division(ctx, code).await?.map(Node::Division));
        }
        if let Some(id) = Gid::<AppointmentId>::parse(id) {
            return Ok(organisation::find_appointment(cx, id.0).await?.map(Node::Appointment));
        }
        if let Some(id) = Gid::<NoticeId>::parse(id) {
            return Ok(notices::find(cx, id.0).await?.map(Node::Notice));
        }
        if let Some(id) = Gid::<AuditId>::parse(id) {
            return Ok(audit::find(cx, id.0).await?.map(Node::AuditRow));
        }
        if let Some(id) = Gid::<DutySlotId>::parse(id) {
            return Ok(duty::load(ctx, id.0).await?.map(Node::DutySlot));
        }
        if let Some(id) = Gid::<VisitId>::parse(id) {
            return Ok(check_ins::load_visit(ctx, id.0).await?.map(Node::Visit));
        }
        if let Some(id) = Gid::<LateEntryId>::parse(id) {
            return Ok(check_ins::load_late_entry(ctx, id.0).await?.map(Node::LateEntry));
        }
        if let Some(id) = Gid::<CheckInConflictId>::parse(id) {
            return Ok(check_ins::load_conflict(ctx, id.0).await?.map(Node::CheckInConflict));
        }
        if let Some(id) = Gid::<CampaignId>::parse(id) {
            return Ok(campaigns::load(ctx, id.0).await?.map(Node::Campaign));
        }
        if let Some(id) = Gid::<HandOverId>::parse(id) {
            return Ok(handovers::load(ctx, id.0).await?.map(Node::HandOver));
        }
        if let Some(id) = Gid::<MergeProposalId>::parse(id) {
            return Ok(topics::load_proposal(ctx, id.0).await?.map(Node::MergeProposal));
        }
        if let Some(id) = Gid::<ReceptionDayId>::parse(id) {
            return Ok(receptions::load_day(ctx, id.0).await?.map(Node::ReceptionDay));
        }
        if let Some(id) = Gid::<BookingId>::parse(id) {
            return Ok(receptions::load_booking(ctx, id.0).await?.map(Node::Booking));
        }
        if let Some(id) = Gid::<ReceptionRecordId>::parse(id) {
            return Ok(receptions::load_record(ctx, id.0).await?.map(Node::ReceptionRecord));
        }
        if let Some(id) = Gid::<ProgrammeId>::parse(id) {
            return Ok(consultations::load_programme(ctx, id.0).await?.map(Node::Programme));
        }
        if let Some(id) = Gid::<YearPlanId>::parse(id) {
            return Ok(consultations::load_plan(ctx, id.0).await?.map(Node::YearPlan));
        }
        if let Some(id) = Gid::<ConsultationId>::parse(id) {
            return Ok(consultations::load(ctx, id.0).await?.map(Node::Consultation));
        }
        if let Some(id) = Gid::<AgreedItemId>::parse(id) {
            return Ok(consultations::load_item(ctx, id.0).await?.map(Node::AgreedItem));
        }
        Ok(None)
    }
}

/// Puts what a request's resolvers need into it.
pub fn prepare(request: Request, cx: &Cx) -> Request {
    let request = request.data(cx.clone()).data(organisation::Loaders::new(cx)).data(topics::Loaders::new(cx));
    let request = request.data(studios::Loaders::new(cx)).data(duty::Loaders::new(cx)).data(check_ins::Loaders::new(cx));
    let request = request.data(campaigns::Loaders::new(cx)).data(handovers::Loaders::new(cx)).data(receptions::Loaders::new(cx));
    request.data(consultations::Loaders::new(cx))
}

fn builder() -> async_graphql::SchemaBuilder<Query, Mutation, EmptySubscription> {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription).register_output_type::<Refusal>().register_output_type::<Node>()
}

/// The schema as a process serves it.
pub fn schema(app: &App) -> ApiSchema {
    // Depth and complexity are checked by the guard, which can say the number and knows introspection.
    let mut schema = builder().extension(Guard { max_complexity: app.settings.max_complexity }).limit_recursive_depth(64).limit_directives(8);
    if !app.settings.suggestions {
        schema = schema.disable_suggestions();
    }
    schema.finish()
}

/// The schema as text, always the same for the same code.
pub fn sdl() -> String {
    let options = SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items().include_specified_by();
    let mut text = builder().finish().sdl_with_options(options);
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}
