mod parts;
mod seen;

use super::cluster::TopicMerge;
use super::loaders;
use super::moves;
use super::outcome::{SecondLook, TopicAdoption};
use crate::calendar::Deadline;
use crate::campaigns::Campaign;
use crate::handovers::HandOver;
use crate::kernel::{ApiError, Cx, Gid};
use crate::organisation::{Division, Organisation, Place};
use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
pub use parts::{Blocker, TopicAnswer, TopicContact, TopicEvent, TopicFlagCount, TopicMove, TopicOriginal, TopicTaken};
use shangyi_entities::topic::{self, TopicReason, TopicSource, TopicState};
use shangyi_entities::topic_event::TopicEventKind;
use shangyi_entities::{TopicId, TypedId, topic_event};

/// A public suggestion.
#[derive(Clone)]
pub struct Topic(pub(super) topic::Model);

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

    /// Where it stands; of a topic that is merged into another one, where that one stands.
    async fn state(&self, ctx: &Context<'_>) -> Result<TopicState, ApiError> {
        Ok(self.whole(ctx).await?.state)
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

    /// How many people back it here; each person counts once. With those who back a topic merged into it and were carried
    /// along, but for the authors of any of them; of a merged topic, those who back itself.
    async fn support_count(&self) -> i64 {
        if self.0.canonical_id.is_some() { self.0.support_count } else { self.0.voice_count }
    }

    /// The topic it is merged into, which stands for the matter; null where it stands for itself, and where the viewer may not
    /// know of that one.
    async fn canonical(&self, ctx: &Context<'_>) -> Result<Option<Topic>, ApiError> {
        match self.canonical_id() {
            Some(id) => loaders::of(ctx).topic(id).await,
            None => Ok(None),
        }
    }

    /// How many topics are merged into it.
    async fn merged_count(&self) -> i64 {
        self.0.merged_count
    }

    /// The topics merged into it that everyone can read, oldest first.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn merged_topics(&self, ctx: &Context<'_>) -> Result<Vec<Topic>, ApiError> {
        if self.0.merged_count == 0 { Ok(Vec::new()) } else { loaders::of(ctx).clusters.merged(self.0.id).await }
    }

    /// The log of its merges, into others and of others into it, with those undone since; oldest first.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn merges(&self, ctx: &Context<'_>) -> Result<Vec<TopicMerge>, ApiError> {
        loaders::of(ctx).clusters.merges(self.0.id).await
    }

    /// The campaign it was raised in; null where in none.
    async fn campaign(&self, ctx: &Context<'_>) -> Result<Option<Campaign>, ApiError> {
        match self.0.campaign_id {
            Some(id) => crate::campaigns::load(ctx, id).await,
            None => Ok(None),
        }
    }

    /// Since when an officer has it in hand; for the desk alone. Null for everybody else, and while nobody has.
    async fn taken(&self, ctx: &Context<'_>) -> Result<Option<TopicTaken>, ApiError> {
        let standing = self.standing(ctx).await?;
        let taken = self.0.taken_at.filter(|_| standing.desk);
        Ok(taken.map(|at| TopicTaken { at: at.utc(), by_viewer: standing.taken == moves::Taken::ByViewer }))
    }

    /// By when the next step is due, in working days: the desk's first look (3) or decision (10), the author's supplement (10).
    /// For author and desk; null for everybody else, and while no clock runs.
    async fn due(&self, ctx: &Context<'_>) -> Result<Option<Deadline>, ApiError> {
        if self.is_concerned(ctx).await? { loaders::of(ctx).due(self.0.id).await } else { Ok(None) }
    }

    /// How often an author said that its answer was not kept; after the second time the next answer settles it.
    async fn reopened(&self, ctx: &Context<'_>) -> Result<i64, ApiError> {
        Ok(self.whole(ctx).await?.reopened)
    }

    /// What it became, oldest first. Of what is inside the committee the public learns that it is so, and no more.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn adoptions(&self, ctx: &Context<'_>) -> Result<Vec<TopicAdoption>, ApiError> {
        self.adoptions_seen(ctx).await
    }

    /// Its hand-overs to units, oldest first.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn hand_overs(&self, ctx: &Context<'_>) -> Result<Vec<HandOver>, ApiError> {
        crate::handovers::of_subject(ctx, self.whole(ctx).await?.id.uuid()).await
    }

    /// The second look that its author asked the general desk for; for author and desk. Null for everybody else, and where none
    /// was asked for.
    async fn second_look(&self, ctx: &Context<'_>) -> Result<Option<SecondLook>, ApiError> {
        if !self.is_concerned(ctx).await? {
            return Ok(None);
        }
        match loaders::of(ctx).outcomes.second_look(self.whole(ctx).await?.id).await? {
            Some(row) => SecondLook::open(ctx.data_unchecked::<Cx>(), &row).await.map(Some),
            None => Ok(None),
        }
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
    async fn reason(&self, ctx: &Context<'_>) -> Result<Option<TopicReason>, ApiError> {
        Ok(self.whole(ctx).await?.reason)
    }

    /// Where it was redirected to; null otherwise.
    async fn redirected_to(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        Ok(self.whole(ctx).await?.redirected_to.clone())
    }

    /// The latest answer; of a merged topic, its canonical one's. Null before there is one.
    async fn answer(&self, ctx: &Context<'_>) -> Result<Option<TopicAnswer>, ApiError> {
        Ok(self.answers_seen(ctx).await?.pop())
    }

    /// All answers, oldest first; of a merged topic, its canonical one's.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn answers(&self, ctx: &Context<'_>) -> Result<Vec<TopicAnswer>, ApiError> {
        self.answers_seen(ctx).await
    }

    /// What happened to it, oldest first: which role, when, what, why. Nobody is named.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn history(&self, ctx: &Context<'_>) -> Result<Vec<TopicEvent>, ApiError> {
        let concerned = self.is_concerned(ctx).await?;
        let internal = self.is_internal(ctx).await?;
        let events = loaders::of(ctx).history(self.0.id).await?;
        let adopted = events.iter().position(|(row, _)| row.what == TopicEventKind::Adopted);
        // How many things a topic became inside is for the internal side.
        let is_seen = |(place, row): (usize, &topic_event::Model)| match row.what {
            TopicEventKind::Adopted => internal || Some(place) == adopted,
            TopicEventKind::OutcomeRecorded | TopicEventKind::Taken | TopicEventKind::HandedBack => internal,
            _ => true,
        };
        Ok(events
            .into_iter()
            .enumerate()
            .filter(|(place, (row, _))| is_seen((*place, row)))
            .map(|(_, event)| event)
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
        let (standing, state) = (self.full_standing(ctx).await?, self.whole(ctx).await?.state);
        Ok(moves::allowed(state, standing)
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
