use super::loaders;
use super::moves::{self, Move, Standing};
use super::step::standing;
use super::subject::Subject;
use crate::calendar::Deadline;
use crate::consultations::AgreedItem;
use crate::kernel::{ApiError, Cx, Gid};
use crate::organisation::Organisation;
use crate::receptions::ReceptionRecord;
use crate::topics::{Blocker, Topic};
use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use shangyi_entities::hand_over::{self, HandOverState, HandOverSubject};
use shangyi_entities::hand_over_event::{self, HandOverEventKind};
use shangyi_entities::{AgreedItemId, HandOverEventId, HandOverId, ReceptionRecordId, TopicId};

/// A matter handed over to a unit.
#[derive(Clone)]
pub struct HandOver(pub(super) hand_over::Model);

/// Fewer ratings would show what one person said.
const ENOUGH_RATINGS: usize = 5;

impl HandOver {
    /// Its id.
    pub fn hand_over_id(&self) -> HandOverId {
        self.0.id
    }

    /// The topic that was handed over; none for things of another kind.
    pub fn topic_id(&self) -> Option<TopicId> {
        Subject::of(&self.0).and_then(Subject::topic)
    }

    /// The reception record that was handed over; none for things of another kind.
    pub fn record_id(&self) -> Option<ReceptionRecordId> {
        Subject::of(&self.0).and_then(Subject::record)
    }

    /// The agreed item that was handed over; none for things of another kind.
    pub fn item_id(&self) -> Option<AgreedItemId> {
        Subject::of(&self.0).and_then(Subject::item)
    }

    /// Where it stands.
    pub fn stands(&self) -> HandOverState {
        self.0.state
    }

    /// When it was given.
    pub fn began(&self) -> DateTime<Utc> {
        self.0.given_at.utc()
    }

    async fn standing(&self, ctx: &Context<'_>) -> Result<Standing, ApiError> {
        let viewer = ctx.data_unchecked::<Cx>().viewer_if_any().await?;
        Ok(viewer.map(|viewer| standing(viewer, &self.0)).unwrap_or_default())
    }
}

/// A matter handed over to a unit (转办). Known to the unit, to the desk that gave it, and to whoever may see what was
/// handed over; what passes between unit and desk is for the two of them alone.
#[Object]
impl HandOver {
    /// Its id.
    pub async fn id(&self) -> Gid<HandOverId> {
        Gid(self.0.id)
    }

    /// What kind of thing was handed over.
    async fn subject_kind(&self) -> HandOverSubject {
        self.0.subject_kind
    }

    /// The topic that was handed over; null for things of another kind, and for a topic the viewer may not see.
    async fn topic(&self, ctx: &Context<'_>) -> Result<Option<Topic>, ApiError> {
        match self.topic_id() {
            Some(id) => crate::topics::load(ctx, id).await,
            None => Ok(None),
        }
    }

    /// The reception record that was handed over; null for things of another kind, and for a record the viewer may not see.
    async fn reception_record(&self, ctx: &Context<'_>) -> Result<Option<ReceptionRecord>, ApiError> {
        match self.record_id() {
            Some(id) => crate::receptions::load_record(ctx, id).await,
            None => Ok(None),
        }
    }

    /// The agreed item that was handed over; null for things of another kind.
    async fn agreed_item(&self, ctx: &Context<'_>) -> Result<Option<AgreedItem>, ApiError> {
        match self.item_id() {
            Some(id) => crate::consultations::load_item(ctx, id).await,
            None => Ok(None),
        }
    }

    /// The unit it was handed over to.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Organisation>, ApiError> {
        crate::organisation::load_organisation(ctx, self.0.unit_id).await
    }

    /// Where it stands.
    async fn state(&self) -> HandOverState {
        self.0.state
    }

    /// Grows by one with every move; the unit says the one it saw.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// When it was given.
    async fn given_at(&self) -> DateTime<Utc> {
        self.0.given_at.utc()
    }

    /// When it was returned, replied to or recalled; null while it is open.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.0.ended_at.map(|at| at.utc())
    }

    /// By when the unit accepts or returns it (3 working days); null once it has.
    async fn accept_by(&self, ctx: &Context<'_>) -> Result<Option<Deadline>, ApiError> {
        loaders::of(ctx).answer_due(self.0.id).await
    }

    /// By when the unit replies: 15 working days for a topic, 3 for a reception record, and its one extension; an agreed item has its own
    /// date. Null once it has ended.
    async fn reply_by(&self, ctx: &Context<'_>) -> Result<Option<Deadline>, ApiError> {
        if let Some(due) = self.0.due_at.filter(|_| self.0.ended_at.is_none()) {
            let overdue = due <= ctx.data_unchecked::<Cx>().now();
            return Ok(Some(Deadline { at: due.utc(), provisional: false, overdue }));
        }
        loaders::of(ctx).reply_due(self.0.id).await
    }

    /// Whether the time for the reply has been extended; once at most.
    async fn extended(&self) -> bool {
        self.0.extended
    }

    /// The unit's reply, as it stands among the answers of the topic or as the answer of the record; null before there is one,
    /// and where it is one person's own and not the viewer's to read.
    async fn reply(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        match (&self.0.reply, self.record_id()) {
            (Some(_), Some(id)) => crate::receptions::answer_of_record(ctx, id).await,
            (reply, _) => Ok(reply.clone()),
        }
    }

    /// How many of those who asked have rated the reply.
    async fn ratings(&self, ctx: &Context<'_>) -> Result<i64, ApiError> {
        Ok(i64::try_from(loaders::of(ctx).ratings(self.0.id).await?.len()).unwrap_or(i64::MAX))
    }

    /// What they think of it on average, 1 to 5; null before 5 people have rated it.
    async fn average_rating(&self, ctx: &Context<'_>) -> Result<Option<f64>, ApiError> {
        let all = loaders::of(ctx).ratings(self.0.id).await?;
        Ok((all.len() >= ENOUGH_RATINGS).then(|| all.iter().sum::<i64>() as f64 / all.len() as f64))
    }

    /// How the viewer rated it, 1 to 5; null where they have not.
    async fn my_rating(&self, ctx: &Context<'_>) -> Result<Option<i64>, ApiError> {
        loaders::of(ctx).own_rating(self.0.id).await
    }

    /// What the desk asks of the unit. For unit and desk; null for everybody else, and where nothing was said.
    async fn task(&self, ctx: &Context<'_>) -> Result<Option<&str>, ApiError> {
        let inside = self.standing(ctx).await?.is_inside();
        Ok(Some(self.0.task.as_str()).filter(|task| inside && !task.is_empty()))
    }

    /// What happened to it, oldest first: which role, when, what, why. For unit and desk; empty for everybody else.
    #[graphql(complexity = "4 * child_complexity + 1")]
    async fn history(&self, ctx: &Context<'_>) -> Result<Vec<HandOverEvent>, ApiError> {
        if !self.standing(ctx).await?.is_inside() {
            return Ok(Vec::new());
        }
        Ok(loaders::of(ctx).history(self.0.id).await?.into_iter().map(HandOverEvent::from).collect())
    }

    /// What the viewer could do with it now for their unit, and what is in the way. Empty for everybody else: those who
    /// asked can rate (`rateHandOver`) what stands at REPLIED and has no `myRating`.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn allowed_moves(&self, ctx: &Context<'_>) -> Result<Vec<HandOverMove>, ApiError> {
        let cx = ctx.data_unchecked::<Cx>();
        let standing = self.standing(ctx).await?;
        Ok(moves::allowed(self.0.state, standing)
            .map(|(kind, to, no)| HandOverMove {
                kind,
                to,
                blocked_by: no.map(|no| Blocker { code: no.code().to_owned(), message: cx.tell(&no.text()) }).into_iter().collect(),
            })
            .collect())
    }
}

/// One thing that happened to a hand-over.
#[derive(SimpleObject, Clone)]
pub struct HandOverEvent {
    /// Its id.
    pub id: Gid<HandOverEventId>,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub what: HandOverEventKind,
    /// Where the hand-over stood after.
    pub to_state: HandOverState,
    /// Which role did it: that of an appointment.
    pub role: String,
    /// The reason of a return or an extension; null otherwise.
    pub note: Option<String>,
}

impl From<hand_over_event::Model> for HandOverEvent {
    fn from(row: hand_over_event::Model) -> Self {
        Self { id: Gid(row.id), at: row.at.utc(), what: row.what, to_state: row.to_state, role: row.role, note: row.note }
    }
}

/// Something the viewer could do with a hand-over.
#[derive(SimpleObject)]
pub struct HandOverMove {
    /// Which mutation.
    pub kind: Move,
    /// Where it leads.
    pub to: HandOverState,
    /// What is in the way; empty: nothing.
    pub blocked_by: Vec<Blocker>,
}
