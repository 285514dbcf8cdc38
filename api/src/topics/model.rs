use super::loaders;
use super::moves::{self, Move, Standing};
use super::step::standing;
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid};
use crate::organisation::{Division, Organisation, Place};
use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use shangyi_entities::caller::CallerChannel;
use shangyi_entities::topic::{self, TopicReason, TopicSource, TopicState};
use shangyi_entities::topic_event::TopicEventKind;
use shangyi_entities::topic_flag::FlagReason;
use shangyi_entities::{TopicAnswerId, TopicEventId, TopicId, topic_answer};

/// A public suggestion.
#[derive(Clone)]
pub struct Topic(pub(super) topic::Model);

/// Shown where the author's texts were erased with their account.
const ERASED: &str = "（提出人已注销，内容已删除）";

/// Shown to backers of a topic that is not public any more.
const NOT_PUBLIC: &str = "（该议题已不再公开）";

impl Topic {
    async fn viewer<'a>(&self, ctx: &Context<'a>) -> Result<Option<&'a Viewer>, ApiError> {
        ctx.data_unchecked::<Cx>().viewer_if_any().await
    }

    async fn standing(&self, ctx: &Context<'_>) -> Result<Standing, ApiError> {
        Ok(self.viewer(ctx).await?.map(|viewer| standing(viewer, &self.0)).unwrap_or_default())
    }

    /// Title or text, for whoever may read it: backers of what is not public any more learn what became of it, no more.
    async fn words<'a>(&'a self, ctx: &Context<'_>, words: Option<&'a str>) -> Result<&'a str, ApiError> {
        if self.0.public_since.is_none() && !self.is_concerned(ctx).await? {
            return Ok(NOT_PUBLIC);
        }
        Ok(words.unwrap_or(ERASED))
    }

    /// Author or desk: those between whom questions and reasons pass.
    async fn is_concerned(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        let standing = self.standing(ctx).await?;
        Ok(standing.raised || standing.desk)
    }
}

/// A public suggestion (议题): what should change in a place. Readable by everyone once accepted; before that, and when
/// redirected or rejected, by its author, its backers and its desk.
#[Object]
impl Topic {
    /// Its id.
    pub async fn id(&self) -> Gid<TopicId> {
        Gid(self.0.id)
    }

    /// In a few words; phone and id-card numbers masked.
    async fn title(&self, ctx: &Context<'_>) -> Result<&str, ApiError> {
        self.words(ctx, self.0.title.as_deref()).await
    }

    /// What is the matter; phone and id-card numbers masked, and what the desk masked besides.
    async fn text(&self, ctx: &Context<'_>) -> Result<&str, ApiError> {
        self.words(ctx, self.0.body.as_deref()).await
    }

    /// Where it stands.
    async fn state(&self) -> TopicState {
        self.0.state
    }

    /// Grows by one with every move; a desk says the one it saw.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// Who raised it: the public, a member, party and government.
    async fn source(&self) -> TopicSource {
        self.0.source
    }

    /// The author's name in this topic alone. It tells nothing of the account.
    async fn alias(&self) -> &str {
        &self.0.alias
    }

    /// The division it is about.
    async fn division(&self, ctx: &Context<'_>) -> Result<Option<Division>, ApiError> {
        crate::organisation::load_division(ctx, &self.0.division_code).await
    }

    /// The named place it is about; null where none.
    async fn place(&self, ctx: &Context<'_>) -> Result<Option<Place>, ApiError> {
        match self.0.place_id {
            Some(id) => crate::organisation::loaders_of(ctx).place(id).await,
            None => Ok(None),
        }
    }

    /// The committee it lies with; null while none covers its division.
    async fn committee(&self, ctx: &Context<'_>) -> Result<Option<Organisation>, ApiError> {
        match self.0.committee_id {
            Some(id) => crate::organisation::load_organisation(ctx, id).await,
            None => Ok(None),
        }
    }

    /// How many people back it here; each person counts once.
    async fn support_count(&self) -> i64 {
        self.0.support_count
    }

    /// How many backed it where it was imported from; those people are not told.
    async fn imported_support(&self) -> i64 {
        self.0.imported_support
    }

    /// Whether it was brought in from another system.
    async fn imported(&self) -> bool {
        self.0.imported_from.is_some()
    }

    /// Whether an officer entered it for a caller or visitor.
    async fn entered_by_officer(&self) -> bool {
        self.0.caller_id.is_some()
    }

    /// Whether the viewer backs it; false for passers-by.
    async fn supported(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        loaders::of(ctx).backed(self.0.id).await
    }

    /// Whether the viewer raised it.
    async fn mine(&self, ctx: &Context<'_>) -> bool {
        self.0.author_id.is_some() && self.0.author_id == ctx.data_unchecked::<Cx>().account_if_any()
    }

    /// When it was raised.
    async fn submitted_at(&self) -> DateTime<Utc> {
        self.0.submitted_at.utc()
    }

    /// Since when everyone can read it; null: they cannot.
    async fn public_since(&self) -> Option<DateTime<Utc>> {
        self.0.public_since.map(|at| at.utc())
    }

    /// When the general desk took it out of public view; null: it did not.
    async fn taken_down_at(&self) -> Option<DateTime<Utc>> {
        self.0.taken_down_at.map(|at| at.utc())
    }

    /// Why it was redirected or rejected; null otherwise.
    async fn reason(&self) -> Option<TopicReason> {
        self.0.reason
    }

    /// Where it was redirected to; null otherwise.
    async fn redirected_to(&self) -> Option<&str> {
        self.0.redirected_to.as_deref()
    }

    /// The latest answer; null before there is one.
    async fn answer(&self, ctx: &Context<'_>) -> Result<Option<TopicAnswer>, ApiError> {
        Ok(loaders::of(ctx).answers(self.0.id).await?.pop().map(TopicAnswer::from))
    }

    /// All answers, oldest first.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn answers(&self, ctx: &Context<'_>) -> Result<Vec<TopicAnswer>, ApiError> {
        Ok(loaders::of(ctx).answers(self.0.id).await?.into_iter().map(TopicAnswer::from).collect())
    }

    /// What happened to it, oldest first: which role, when, what, why. Nobody is named.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn history(&self, ctx: &Context<'_>) -> Result<Vec<TopicEvent>, ApiError> {
        let concerned = self.is_concerned(ctx).await?;
        let events = loaders::of(ctx).history(self.0.id).await?;
        Ok(events
            .into_iter()
            .map(|(row, note)| TopicEvent {
                id: Gid(row.id),
                at: row.at.utc(),
                what: row.what,
                from_state: row.from_state,
                to_state: row.to_state,
                role: row.role,
                reason: row.reason,
                note: note.filter(|_| concerned),
            })
            .collect())
    }

    /// What the viewer could do with it now, and what is in the way.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn allowed_moves(&self, ctx: &Context<'_>) -> Result<Vec<TopicMove>, ApiError> {
        let cx = ctx.data_unchecked::<Cx>();
        let standing = self.standing(ctx).await?;
        Ok(moves::allowed(self.0.state, standing)
            .map(|(kind, to, no)| TopicMove {
                kind,
                to,
                blocked_by: no.map(|no| Blocker { code: no.code().to_owned(), message: cx.tell(&no.text()) }).into_iter().collect(),
            })
            .collect())
    }

    /// Title and texts as they were typed; for author and desk. Null for everybody else, and once the author is erased.
    async fn original(&self, ctx: &Context<'_>) -> Result<Option<TopicOriginal>, ApiError> {
        if !self.is_concerned(ctx).await? {
            return Ok(None);
        }
        let mut parts = loaders::of(ctx).originals(self.0.id).await?.into_iter();
        Ok(parts.next().map(|(title, text)| TopicOriginal { title, text, supplements: parts.map(|(_, more)| more).collect() }))
    }

    /// How the desk reaches whoever raised it; for the desk alone. Null for everybody else, for imported topics, and once
    /// the author is erased.
    async fn contact(&self, ctx: &Context<'_>) -> Result<Option<TopicContact>, ApiError> {
        if !self.standing(ctx).await?.desk {
            return Ok(None);
        }
        if let Some(caller) = self.0.caller_id {
            let found = loaders::of(ctx).caller(caller).await?;
            return Ok(found.map(|(name, contact, channel)| TopicContact { name: Some(name), contact, channel: Some(channel) }));
        }
        match self.0.author_id {
            Some(author) => {
                let found = loaders::of(ctx).author_contact(author).await?;
                Ok(found.map(|(name, contact)| TopicContact { name, contact, channel: None }))
            }
            None => Ok(None),
        }
    }

    /// How often it was flagged, for what; for the desk alone, empty for everybody else.
    async fn flags(&self, ctx: &Context<'_>) -> Result<Vec<TopicFlagCount>, ApiError> {
        if !self.standing(ctx).await?.desk {
            return Ok(Vec::new());
        }
        let mut counted: Vec<TopicFlagCount> = Vec::new();
        for (why, note) in loaders::of(ctx).flags(self.0.id).await? {
            let place = counted.iter().position(|one| one.why == why).unwrap_or_else(|| {
                counted.push(TopicFlagCount { why, count: 0, notes: Vec::new() });
                counted.len() - 1
            });
            counted[place].count += 1;
            counted[place].notes.extend(note);
        }
        Ok(counted)
    }
}

/// An answer to a topic. Public with its topic.
#[derive(SimpleObject, Clone)]
pub struct TopicAnswer {
    /// Its id.
    pub id: Gid<TopicAnswerId>,
    /// What became of the matter.
    pub text: String,
    /// When it was given.
    pub at: DateTime<Utc>,
    /// Whether it was brought in from another system.
    pub imported: bool,
}

impl From<topic_answer::Model> for TopicAnswer {
    fn from(row: topic_answer::Model) -> Self {
        Self { id: Gid(row.id), text: row.body, at: row.at.utc(), imported: row.imported }
    }
}

/// One thing that happened to a topic.
#[derive(SimpleObject, Clone)]
pub struct TopicEvent {
    /// Its id.
    pub id: Gid<TopicEventId>,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub what: TopicEventKind,
    /// Where the topic stood before; null at its beginning.
    pub from_state: Option<TopicState>,
    /// Where it stood after.
    pub to_state: TopicState,
    /// Which role did it: AUTHOR, RESIDENT, or that of an appointment.
    pub role: String,
    /// The reason of the closed list, where one was given.
    pub reason: Option<TopicReason>,
    /// The words that went with it; for author and desk, null for everybody else.
    pub note: Option<String>,
}

/// Something the viewer could do with a topic.
#[derive(SimpleObject)]
pub struct TopicMove {
    /// Which mutation.
    pub kind: Move,
    /// Where it leads.
    pub to: TopicState,
    /// What is in the way; empty: nothing.
    pub blocked_by: Vec<Blocker>,
}

/// What is in the way of a move.
#[derive(SimpleObject)]
pub struct Blocker {
    /// As a word.
    pub code: String,
    /// The sentence to show.
    pub message: String,
}

/// Title and texts as they were typed.
#[derive(SimpleObject)]
pub struct TopicOriginal {
    /// The title.
    pub title: String,
    /// The text.
    pub text: String,
    /// What was supplied later, oldest first.
    pub supplements: Vec<String>,
}

/// How the desk reaches whoever raised a topic.
#[derive(SimpleObject)]
pub struct TopicContact {
    /// The name they gave.
    pub name: Option<String>,
    /// Phone or other contact.
    pub contact: String,
    /// How a caller came; null for somebody with an account.
    pub channel: Option<CallerChannel>,
}

/// How often a topic was flagged for one thing.
#[derive(SimpleObject)]
pub struct TopicFlagCount {
    /// What is wrong.
    pub why: FlagReason,
    /// How many people say so.
    pub count: i64,
    /// What they wrote to the general desk; those who have erased themselves say nothing any more.
    pub notes: Vec<String>,
}
