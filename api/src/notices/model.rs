use crate::kernel::{ApiError, Cx, Gid, say};
use crate::organisation::Appointment;
use crate::topics::Topic;
use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{AppointmentId, NoticeId, TopicId, notice};

/// One thing a person is told: one per person and event.
pub struct Notice(pub(super) notice::Model);

impl Notice {
    fn is_of_topic(&self) -> bool {
        !matches!(self.0.kind, NoticeKind::AppointmentGranted | NoticeKind::AppointmentEnded | NoticeKind::AppointmentToConfirm)
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
        if !self.is_of_topic() {
            return Ok(None);
        }
        crate::topics::load(ctx, TopicId(self.0.subject_id)).await
    }

    /// The appointment it is about; null for notices of another kind.
    async fn appointment(&self, ctx: &Context<'_>) -> Result<Option<Appointment>, ApiError> {
        if self.is_of_topic() {
            return Ok(None);
        }
        crate::organisation::loaders_of(ctx).appointment(AppointmentId(self.0.subject_id)).await
    }
}
