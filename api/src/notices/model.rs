use super::messages;
use crate::check_ins::{CheckInConflict, LateEntry, Visit};
use crate::consultations::Consultation;
use crate::duty::DutySlot;
use crate::handovers::HandOver;
use crate::kernel::{ApiError, Cx, Gid};
use crate::organisation::Appointment;
use crate::receptions::{Booking, ReceptionDay};
use crate::topics::{MergeProposal, Topic};
use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{
    AppointmentId, BookingId, CheckInConflictId, ConsultationId, DutySlotId, HandOverId, LateEntryId, MergeProposalId, NoticeId, ReceptionDayId,
    TopicId, VisitId, notice,
};

/// One thing a person is told: one per person and event.
pub struct Notice(pub(super) notice::Model);

/// What a notice is about.
#[derive(PartialEq, Eq)]
enum About {
    Topic,
    Appointment,
    DutySlot,
    Visit,
    LateEntry,
    Conflict,
    MergeProposal,
    HandOver,
    Booking,
    ReceptionDay,
    Consultation,
    Nothing,
}

fn about(kind: NoticeKind) -> About {
    use NoticeKind as K;
    match kind {
        K::TopicNeedsMore
        | K::TopicAccepted
        | K::TopicAnswered
        | K::TopicRedirected
        | K::TopicRejected
        | K::TopicWithdrawn
        | K::TopicTakenDown
        | K::TopicLapsed
        | K::TopicShortlisted
        | K::TopicHandedOver
        | K::TopicAdopted
        | K::TopicReopened
        | K::TopicMerged
        | K::TopicSplit
        | K::TopicRaisedForYou
        | K::TopicConsultationAnnounced
        | K::TopicConsultationMoved
        | K::TopicConsultationPostponed
        | K::TopicConsultationMinuted
        | K::TopicConsultationAmended
        | K::TopicItemEnded
        | K::TopicConfirmAsked
        | K::SecondLookAsked
        | K::SecondLookDecided => About::Topic,
        K::MergeProposed | K::MergeDecided => About::MergeProposal,
        K::HandOverGiven | K::HandOverReturned | K::HandOverRecalled | K::HandOverExtended | K::AgreedItemCorrected | K::AgreedItemPressed => {
            About::HandOver
        }
        K::RealNameConfirmed => About::Nothing,
        K::AppointmentGranted | K::AppointmentEnded | K::AppointmentToConfirm => About::Appointment,
        K::DutyPublished | K::DutySlotAssigned | K::DutySlotVacant | K::DutySlotHandedBack | K::SlotSwapOffered | K::SlotSwapAccepted => {
            About::DutySlot
        }
        K::StaffEntryMade | K::StudioLogAsked => About::Visit,
        K::LateEntryAsked | K::LateEntryDecided => About::LateEntry,
        K::CheckInConflict | K::CheckInSettled => About::Conflict,
        K::BookingEntered
        | K::BookingOffered
        | K::BookingOfferExpired
        | K::BookingPassedOver
        | K::BookingLapsed
        | K::BookingMoveProposed
        | K::BookingDayChanged
        | K::BookingAskedToMove
        | K::BookingCancelled
        | K::BookingReminder
        | K::CallerToTell
        | K::ReceptionAnswered
        | K::ReceptionHandedOver => About::Booking,
        K::ReceptionDutyAsked | K::ReceptionDutyChanged | K::ReceptionDutyEnded | K::ReceptionDutyReminder | K::ReceptionDutyDeclined => {
            About::ReceptionDay
        }
        K::ConsultationSelected
        | K::ConsultationDeclined
        | K::SittingYours
        | K::SittingYoursMoved
        | K::SittingYoursGivenBack
        | K::SittingInvited
        | K::SittingMoved
        | K::SittingHallChanged
        | K::SittingGivenBack
        | K::SittingSeatOffered
        | K::SittingOfferExpired
        | K::MinutesToSign
        | K::MinutesPublished
        | K::MinutesAmended
        | K::ItemToConfirm
        | K::ItemCannot
        | K::EvaluationAsked
        | K::ReportAmended
        | K::ItemReturned
        | K::ConsultationMinuted
        | K::ConsultationEvaluated
        | K::ConsultationClosed
        | K::ConsultationReopened
        | K::CoHostingAsked
        | K::CoHostingAnswered
        | K::ConsultationAnnounced
        | K::ConsultationSittingChanged
        | K::ConsultationPostponed
        | K::ConsultationResumed
        | K::ConsultationCancelled => About::Consultation,
    }
}

impl Notice {
    fn is_about(&self, what: About) -> bool {
        about(self.0.kind) == what
    }
}

/// One thing a person is told: one per person and event.
#[Object]
impl Notice {
    /// Its id.
    pub async fn id(&self) -> Gid<NoticeId> {
        Gid(self.0.id)
    }

    /// What it tells.
    async fn kind(&self) -> NoticeKind {
        self.0.kind
    }

    /// The sentence to show, in the language asked for. It quotes nothing; the thing itself is one field away.
    async fn message(&self, ctx: &Context<'_>) -> String {
        ctx.data_unchecked::<Cx>().tell(&messages::of(self.0.kind))
    }

    /// When it reached the inbox.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at.utc()
    }

    /// When it was marked as read; null: unread.
    async fn read_at(&self) -> Option<DateTime<Utc>> {
        self.0.read_at.map(|at| at.utc())
    }

    /// The topic it is about; null for notices of another kind.
    async fn topic(&self, ctx: &Context<'_>) -> Result<Option<Topic>, ApiError> {
        if !self.is_about(About::Topic) {
            return Ok(None);
        }
        crate::topics::load(ctx, TopicId(self.0.subject_id)).await
    }

    /// The appointment it is about; null for notices of another kind.
    async fn appointment(&self, ctx: &Context<'_>) -> Result<Option<Appointment>, ApiError> {
        if !self.is_about(About::Appointment) {
            return Ok(None);
        }
        crate::organisation::loaders_of(ctx).appointment(AppointmentId(self.0.subject_id)).await
    }

    /// The duty slot it is about; null for notices of another kind.
    async fn duty_slot(&self, ctx: &Context<'_>) -> Result<Option<DutySlot>, ApiError> {
        if !self.is_about(About::DutySlot) {
            return Ok(None);
        }
        crate::duty::load(ctx, DutySlotId(self.0.subject_id)).await
    }

    /// The visit it is about; null for notices of another kind.
    async fn visit(&self, ctx: &Context<'_>) -> Result<Option<Visit>, ApiError> {
        if !self.is_about(About::Visit) {
            return Ok(None);
        }
        crate::check_ins::load_visit(ctx, VisitId(self.0.subject_id)).await
    }

    /// The late entry it is about; null for notices of another kind.
    async fn late_entry(&self, ctx: &Context<'_>) -> Result<Option<LateEntry>, ApiError> {
        if !self.is_about(About::LateEntry) {
            return Ok(None);
        }
        crate::check_ins::load_late_entry(ctx, LateEntryId(self.0.subject_id)).await
    }

    /// The conflict of check-ins it is about; null for notices of another kind.
    async fn conflict(&self, ctx: &Context<'_>) -> Result<Option<CheckInConflict>, ApiError> {
        if !self.is_about(About::Conflict) {
            return Ok(None);
        }
        crate::check_ins::load_conflict(ctx, CheckInConflictId(self.0.subject_id)).await
    }

    /// The proposal to merge it is about; null for notices of another kind.
    async fn merge_proposal(&self, ctx: &Context<'_>) -> Result<Option<MergeProposal>, ApiError> {
        if !self.is_about(About::MergeProposal) {
            return Ok(None);
        }
        crate::topics::load_proposal(ctx, MergeProposalId(self.0.subject_id)).await
    }

    /// The hand-over it is about; null for notices of another kind.
    async fn hand_over(&self, ctx: &Context<'_>) -> Result<Option<HandOver>, ApiError> {
        if !self.is_about(About::HandOver) {
            return Ok(None);
        }
        crate::handovers::load(ctx, HandOverId(self.0.subject_id)).await
    }

    /// The booking it is about; null for notices of another kind.
    async fn booking(&self, ctx: &Context<'_>) -> Result<Option<Booking>, ApiError> {
        if !self.is_about(About::Booking) {
            return Ok(None);
        }
        crate::receptions::load_booking(ctx, BookingId(self.0.subject_id)).await
    }

    /// The reception day it is about; null for notices of another kind, and where the viewer has nothing to do with it any more.
    async fn reception_day(&self, ctx: &Context<'_>) -> Result<Option<ReceptionDay>, ApiError> {
        if !self.is_about(About::ReceptionDay) {
            return Ok(None);
        }
        crate::receptions::load_day(ctx, ReceptionDayId(self.0.subject_id)).await
    }

    /// The consultation it is about, or that the topic it is about became; null for notices of another kind.
    async fn consultation(&self, ctx: &Context<'_>) -> Result<Option<Consultation>, ApiError> {
        use NoticeKind as K;
        match self.0.kind {
            K::TopicConsultationAnnounced
            | K::TopicConsultationMoved
            | K::TopicConsultationPostponed
            | K::TopicConsultationMinuted
            | K::TopicConsultationAmended
            | K::TopicItemEnded => {
                let topic = crate::topics::load(ctx, TopicId(self.0.subject_id)).await?;
                let Some(topic) = topic else { return Ok(None) };
                let became = topic.adoptions_seen(ctx).await?.into_iter().filter_map(|one| one.consultation).next_back();
                match became {
                    Some(id) => crate::consultations::load(ctx, id).await,
                    None => Ok(None),
                }
            }
            _ if self.is_about(About::Consultation) => crate::consultations::load(ctx, ConsultationId(self.0.subject_id)).await,
            _ => Ok(None),
        }
    }
}
