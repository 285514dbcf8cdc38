use crate::check_ins::{CheckInConflict, LateEntry, Visit};
use crate::duty::DutySlot;
use crate::kernel::{ApiError, Cx, Gid, say};
use crate::organisation::Appointment;
use crate::topics::Topic;
use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{AppointmentId, CheckInConflictId, DutySlotId, LateEntryId, NoticeId, TopicId, VisitId, notice};

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
}

fn about(kind: NoticeKind) -> About {
    use NoticeKind as K;
    match kind {
        K::TopicNeedsMore | K::TopicAccepted | K::TopicAnswered | K::TopicRedirected | K::TopicRejected | K::TopicWithdrawn | K::TopicTakenDown => {
            About::Topic
        }
        K::AppointmentGranted | K::AppointmentEnded | K::AppointmentToConfirm => About::Appointment,
        K::DutyPublished | K::DutySlotAssigned | K::DutySlotVacant | K::DutySlotHandedBack | K::SlotSwapOffered | K::SlotSwapAccepted => {
            About::DutySlot
        }
        K::StaffEntryMade | K::StudioLogAsked => About::Visit,
        K::LateEntryAsked | K::LateEntryDecided => About::LateEntry,
        K::CheckInConflict | K::CheckInSettled => About::Conflict,
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
        let text = match self.0.kind {
            NoticeKind::TopicNeedsMore => say("您的议题需要补充信息，请补充后再提交。", "Your topic needs more information; please supply it."),
            NoticeKind::TopicAccepted => say("您的议题已受理，现在可以获得邻里支持。", "Your topic was accepted; neighbours can back it now."),
            NoticeKind::TopicAnswered => say("您提出或支持的议题有了答复。", "A topic you raised or backed has an answer."),
            NoticeKind::TopicRedirected => {
                say("您提出或支持的议题已转交他处，请查看去向。", "A topic you raised or backed was redirected; see where to.")
            }
            NoticeKind::TopicRejected => say("您提出或支持的议题未予受理，请查看原因。", "A topic you raised or backed was not taken up; see why."),
            NoticeKind::TopicWithdrawn => say("您支持的议题已由提出人撤回。", "A topic you backed was withdrawn by its author."),
            NoticeKind::TopicTakenDown => say("您提出或支持的议题已下架。", "A topic you raised or backed was taken down."),
            NoticeKind::AppointmentGranted => say("您获得一项新的任职。", "You were given an appointment."),
            NoticeKind::AppointmentEnded => say("您的一项任职已结束。", "One of your appointments has ended."),
            NoticeKind::AppointmentToConfirm => say("有一项任职等待您确认。", "An appointment waits for your confirmation."),
            NoticeKind::DutyPublished => say("新的值班安排已发布，请查看您的班次。", "A new duty roster is published; see your slots."),
            NoticeKind::DutySlotAssigned => {
                say("您被安排了一次值班，如不能到岗请及时说明。", "You were given a duty slot; if you cannot come, please say so in time.")
            }
            NoticeKind::DutySlotVacant => say("有一个班次待补，请另行安排。", "A duty slot is vacant; please find somebody."),
            NoticeKind::DutySlotHandedBack => say("您的一个班次已取消，无需到岗。", "One of your duty slots was cancelled; you need not come."),
            NoticeKind::SlotSwapOffered => say("有一个班次可以与您换班，请查看。", "A duty slot is offered to you; please have a look."),
            NoticeKind::SlotSwapAccepted => say("您的换班已有人接受。", "Somebody took over your duty slot."),
            NoticeKind::StaffEntryMade => {
                say("工作人员代您录入了一次签到，如有异议请提出。", "Staff entered a check-in for you; if it is wrong, please object.")
            }
            NoticeKind::CheckInConflict => say("有一条签到等待您核实。", "A check-in waits for your word."),
            NoticeKind::CheckInSettled => say("您的一条签到已核实，请查看结果。", "A check-in of yours was settled; see how."),
            NoticeKind::LateEntryAsked => say("有一条补签等待您审批。", "A late entry waits for your decision."),
            NoticeKind::LateEntryDecided => say("您的补签已有结果，请查看。", "Your late entry was decided; see how."),
            NoticeKind::StudioLogAsked => {
                say("您的一次到访已自动结束，方便时请补写日志。", "A visit of yours ended by itself; please add its log when you can.")
            }
        };
        ctx.data_unchecked::<Cx>().tell(&text)
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
}
