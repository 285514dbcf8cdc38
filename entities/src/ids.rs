//! Typed ids: a UUID in the database, `prefix_hex` to the outside.
use sea_orm::TryFromU64;
use sea_orm::entity::prelude::*;

/// What every typed id can do; the GraphQL `ID` is made of it in the API.
pub trait TypedId: Copy + Send + Sync + 'static {
    /// The word before the underscore.
    const PREFIX: &'static str;
    /// Whether new ones begin with their time (UUIDv7) or are random: random where the creation time is a secret.
    const TIME_ORDERED: bool;
    /// The UUID inside.
    fn uuid(self) -> Uuid;
    /// The typed id of a UUID.
    fn of(uuid: Uuid) -> Self;
}

macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal $ordered:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
        pub struct $name(pub Uuid);

        impl TypedId for $name {
            const PREFIX: &'static str = $prefix;
            const TIME_ORDERED: bool = $ordered;
            fn uuid(self) -> Uuid {
                self.0
            }
            fn of(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, DbErr> {
                Err(DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    )*};
}

typed_ids! {
    /// An account: random, because when somebody joined is nobody's business.
    AccountId "account" false;
    AgreedItemEventId "itemevent" true;
    AgreedItemId "item" true;
    AppointmentId "appointment" true;
    AssignmentId "assignment" true;
    AuditId "audit" true;
    BookingEventId "bookingevent" true;
    BookingId "booking" true;
    CalendarFeedId "feed" false;
    /// A person an officer entered.
    CallerId "caller" false;
    CampaignId "campaign" true;
    ChairDecisionId "decision" true;
    ChairMeetingId "chairmeeting" true;
    CheckInConflictId "conflict" true;
    /// One entry: an IN, an OUT or an UNDO.
    CheckInFactId "entry" true;
    ConsultationEventId "consultationevent" true;
    ContributionId "contribution" true;
    EvaluationId "evaluation" true;
    InstructionId "instruction" true;
    MinutesId "minutes" true;
    ParticipantId "participant" true;
    StatementId "statement" true;
    VoteId "vote" true;
    ConsultationId "consultation" true;
    DeadlineId "deadline" true;
    DutyLeaveId "leave" true;
    DutySlotId "slot" true;
    FileTicketId "file" false;
    HandOverEventId "handoverevent" true;
    HandOverId "handover" true;
    HandOverRatingId "rating" true;
    LateEntryId "late" true;
    MemberId "member" false;
    MembershipId "membership" true;
    MergeProposalId "mergeproposal" true;
    MergeReplyId "mergereply" true;
    NoticeId "notice" true;
    OccasionId "occasion" true;
    OccupancyId "occupancy" true;
    OrganisationId "organisation" true;
    OutboxId "outbox" true;
    PlaceId "place" true;
    PlanCommentId "plancomment" true;
    PlanItemId "planitem" true;
    ProgrammeId "programme" true;
    ProgrammeVersionId "programmeversion" true;
    ReceptionDayId "reception" true;
    ReceptionRatingId "receptionrating" true;
    ReceptionReceiverId "receiver" true;
    ReceptionRecordId "record" true;
    ReceptionSlotId "receptionslot" true;
    ResearchId "research" true;
    /// A sign-in on one device.
    SessionId "session" false;
    SittingId "sitting" true;
    SlotSwapId "swap" true;
    StudioDeviceId "device" true;
    StudioMemberId "studiomember" true;
    TermChangeId "termchange" true;
    TermId "term" true;
    TopicAdoptionId "adoption" true;
    TopicAnswerId "answer" true;
    TopicConfirmationId "confirmation" true;
    TopicEventId "event" true;
    TopicFlagId "flag" true;
    TopicId "topic" true;
    TopicMergeId "merge" true;
    TopicSupportId "support" true;
    VenueId "venue" true;
    /// A visit has the id of the entry it begins with.
    VisitId "visit" true;
    YearPlanId "yearplan" true;
}
