use super::history::{ConsultationEvent, Research, ResearchCount};
use super::host::CoHost;
use super::moves::{self, Move, Standing};
use super::step;
use crate::consultations::ending::{self, Evaluation, Instruction};
use crate::consultations::items::AgreedItem;
use crate::consultations::loaders;
use crate::consultations::meeting::ChairDecision;
use crate::consultations::minutes::Minutes;
use crate::consultations::people::{self, Contribution, Everybody, Participant, PartyTurnout};
use crate::consultations::plan::PlanItem;
use crate::consultations::plan::store::is_approved;
use crate::consultations::programme::{ConsensusThreshold, Programme, ProgrammeVersion};
use crate::consultations::sitting::ConsultationSitting;
use crate::consultations::voices::{self, ConsultationStatement, StatementCertificate};
use crate::kernel::{ApiError, Cx, Gid};
use crate::organisation::{self, Division, Organisation};
use crate::topics::{self, Blocker, Topic};
use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use shangyi_entities::consultation::{self, ConsultationSource, ConsultationState};
use shangyi_entities::consultation_co_host::CoHostState;
use shangyi_entities::consultation_sitting::SittingState;
use shangyi_entities::programme_version::{Party, SelectedBy};
use shangyi_entities::{ConsultationId, Timestamp};

/// A consultation.
#[derive(Clone)]
pub struct Consultation(pub(in crate::consultations) consultation::Model);

/// A move that the viewer could make.
#[derive(SimpleObject)]
pub struct ConsultationMove {
    /// Which one.
    pub kind: Move,
    /// Where it leads.
    pub to: ConsultationState,
    /// What is in the way; empty: it can be made now.
    pub blocked_by: Vec<Blocker>,
}

impl Consultation {
    /// Its id.
    pub fn consultation_id(&self) -> ConsultationId {
        self.0.id
    }

    /// What it is about.
    pub fn about(&self) -> &str {
        &self.0.title
    }

    /// Where it stands, and since when it is one.
    pub fn stands(&self) -> (ConsultationState, DateTime<Utc>) {
        (self.0.state, self.0.selected_at.unwrap_or(self.0.proposed_at).utc())
    }

    /// The topic it comes of.
    pub fn topic_id(&self) -> Option<shangyi_entities::TopicId> {
        self.0.topic_id
    }

    /// Whether the viewer is of the internal side of a committee that holds it.
    async fn is_internal(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        let Some(viewer) = ctx.data_unchecked::<Cx>().viewer_if_any().await? else { return Ok(false) };
        if viewer.is_internal(self.0.committee_id) {
            return Ok(true);
        }
        let hosts = loaders::of(ctx).co_hosts(self.0.id).await?;
        // Who was only asked, or declined, is not of those who hold it.
        Ok(hosts.into_iter().any(|host| host.state == CoHostState::Agreed && viewer.is_internal(host.committee_id)))
    }

    async fn standing(&self, ctx: &Context<'_>) -> Result<Option<Standing>, ApiError> {
        let Some(viewer) = ctx.data_unchecked::<Cx>().viewer_if_any().await? else { return Ok(None) };
        let version = self.version_row(ctx).await?;
        let item = match self.0.plan_item_id {
            Some(id) => loaders::of(ctx).item(id).await?,
            None => None,
        };
        let known = loaders::of(ctx).known(self.0.id).await?;
        let rated = if self.0.minuted_at.is_some() { loaders::of(ctx).ratings(self.0.id).await? } else { Vec::new() };
        Ok(Some(Standing {
            researched: !loaders::of(ctx).research(self.0.id).await?.is_empty(),
            planned: item.is_some_and(|(item, plan)| is_approved(&item, &plan)),
            delegated: version.is_some_and(|version| version.0.row.selected_by == SelectedBy::LiaisonCommittee),
            secretary: known.secretaries.contains(&viewer.account),
            facts: known.facts,
            took_part: self.0.minuted_at.is_some() && (self.was_there(ctx).await? || loaders::of(ctx).is_evaluator(self.0.id).await?),
            has_rated: rated.iter().any(|(one, _)| one.account_id == viewer.account && one.round == self.0.round),
            ..step::standing_by_row(viewer, &self.0)
        }))
    }

    /// What the votes on its statements say; empty for who may not see them yet.
    pub(in crate::consultations) async fn certificates(&self, ctx: &Context<'_>) -> Result<Vec<StatementCertificate>, ApiError> {
        if self.0.minuted_at.is_none() && !self.holds(ctx).await? {
            return Ok(Vec::new());
        }
        let Some(version) = self.version_row(ctx).await? else { return Ok(Vec::new()) };
        let (numerator, denominator) = (version.0.row.threshold_numerator, version.0.row.threshold_denominator);
        let threshold = ConsensusThreshold { numerator, denominator };
        let statements = loaders::of(ctx).statements(self.0.id).await?;
        let counted = statements.into_iter().map(|row| async move {
            let counts = loaders::of(ctx).counts(row.id).await?;
            Ok::<_, ApiError>((row, counts))
        });
        let counted = futures_util::future::try_join_all(counted).await?;
        Ok(voices::certificates(counted, threshold, threshold.checked()?, ctx.data_unchecked::<Cx>().now()))
    }

    /// The viewer's own part, or that of a unit they work for.
    async fn own_part(&self, ctx: &Context<'_>) -> Result<Option<Participant>, ApiError> {
        let Some(viewer) = ctx.data_unchecked::<Cx>().viewer_if_any().await? else { return Ok(None) };
        let all = loaders::of(ctx).participants(self.0.id).await?;
        let units = crate::handovers::units_of(viewer);
        let own = all.iter().find(|part| part.account_id == Some(viewer.account));
        let of_unit = || all.iter().find(|part| part.unit_id.is_some_and(|unit| units.contains(&unit)));
        Ok(own.or_else(of_unit).cloned().map(Participant))
    }

    /// Whether the viewer was at one of its sittings.
    async fn was_there(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        let Some(part) = self.own_part(ctx).await? else { return Ok(false) };
        Ok(loaders::of(ctx).presence(self.0.id).await?.iter().any(|(_, id)| *id == part.0.id))
    }

    /// Whether the viewer holds its sittings: leads one, keeps the minutes, or sits at its desk.
    async fn holds(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        let Some(viewer) = ctx.data_unchecked::<Cx>().viewer_if_any().await? else { return Ok(false) };
        let known = loaders::of(ctx).known(self.0.id).await?;
        let leads = known.secretaries.contains(&viewer.account) || known.convenors.contains(&viewer.account);
        Ok(leads || viewer.desk_of(self.0.committee_id, &self.0.division_code).is_some())
    }

    async fn everybody(&self, ctx: &Context<'_>) -> Result<Vec<PartyTurnout>, ApiError> {
        let all = loaders::of(ctx);
        let sittings = all.sittings(self.0.id).await?;
        let sitting = sittings.iter().rfind(|one| one.state != SittingState::GivenBack).map(|one| one.id);
        let (parts, replies) = (all.participants(self.0.id).await?, all.replies(self.0.id).await?);
        let presence = all.presence(self.0.id).await?;
        Ok(people::turnout(&Everybody { parts: &parts, replies: &replies, presence: &presence, sitting }))
    }

    async fn version_row(&self, ctx: &Context<'_>) -> Result<Option<ProgrammeVersion>, ApiError> {
        let all = loaders::of(ctx).versions(self.0.programme_id).await?;
        Ok(all.into_iter().find(|version| version.row.number == self.0.programme_number).map(ProgrammeVersion))
    }
}

/// A consultation (小微协商). Public once it was selected; before that for the internal side of its committee and its co-hosts.
#[Object]
impl Consultation {
    /// Its id.
    pub async fn id(&self) -> Gid<ConsultationId> {
        Gid(self.0.id)
    }

    /// What it is about.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// What is talked over, and why.
    async fn question(&self) -> &str {
        &self.0.question
    }

    /// Under which programme.
    async fn programme(&self, ctx: &Context<'_>) -> Result<Option<Programme>, ApiError> {
        loaders::of(ctx).programme(self.0.programme_id).await
    }

    /// The version of the programme that it began with, and keeps.
    async fn programme_version(&self, ctx: &Context<'_>) -> Result<Option<ProgrammeVersion>, ApiError> {
        self.version_row(ctx).await
    }

    /// The committee.
    async fn committee(&self, ctx: &Context<'_>) -> Result<Option<Organisation>, ApiError> {
        organisation::load_organisation(ctx, self.0.committee_id).await
    }

    /// Committees that hold it together with that one, or are asked to; at most 20.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn co_hosts(&self, ctx: &Context<'_>) -> Result<Vec<CoHost>, ApiError> {
        Ok(loaders::of(ctx).co_hosts(self.0.id).await?.into_iter().map(CoHost).collect())
    }

    /// Where.
    async fn division(&self, ctx: &Context<'_>) -> Result<Option<Division>, ApiError> {
        organisation::load_division(ctx, &self.0.division_code).await
    }

    /// Who prepares it; null where members do themselves.
    async fn organiser(&self, ctx: &Context<'_>) -> Result<Option<Organisation>, ApiError> {
        match self.0.organiser_id {
            Some(id) => organisation::load_organisation(ctx, id).await,
            None => Ok(None),
        }
    }

    /// Who proposed it.
    async fn source(&self) -> ConsultationSource {
        self.0.source
    }

    /// The item of the year's plan that it is; null for a special matter, and outside the committee.
    async fn plan_item(&self, ctx: &Context<'_>) -> Result<Option<PlanItem>, ApiError> {
        let Some(id) = self.0.plan_item_id else { return Ok(None) };
        if !self.is_internal(ctx).await? {
            return Ok(None);
        }
        Ok(loaders::of(ctx).item(id).await?.map(|(item, plan)| PlanItem::of(item, &plan)))
    }

    /// Whether it is a special matter, outside the year's plan.
    async fn special(&self) -> bool {
        self.0.special
    }

    /// The topic it comes of, if the viewer may know of it.
    async fn topic(&self, ctx: &Context<'_>) -> Result<Option<Topic>, ApiError> {
        match self.0.topic_id {
            Some(id) => topics::load(ctx, id).await,
            None => Ok(None),
        }
    }

    /// Where it stands.
    async fn state(&self) -> ConsultationState {
        self.0.state
    }

    /// Its version, to be sent back as `expectedVersion`.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// When it was proposed.
    async fn proposed_at(&self) -> DateTime<Utc> {
        self.0.proposed_at.utc()
    }

    /// When it was selected; null: it is not public yet.
    async fn selected_at(&self) -> Option<DateTime<Utc>> {
        self.0.selected_at.map(Timestamp::utc)
    }

    /// Why it was cancelled, or postponed last.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// As what people are to take part, as it was announced last; empty before that (`programmeVersion` says what is usual).
    async fn parties(&self, ctx: &Context<'_>) -> Result<Vec<Party>, ApiError> {
        loaders::of(ctx).parties(self.0.id).await
    }

    /// Its sittings, by number: those to come, and those whose hall was given back.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn sittings(&self, ctx: &Context<'_>) -> Result<Vec<ConsultationSitting>, ApiError> {
        Ok(loaders::of(ctx).sittings(self.0.id).await?.into_iter().map(ConsultationSitting).collect())
    }

    /// Who takes part, in the order in which they came to it. For the internal side; null for others.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn participants(&self, ctx: &Context<'_>) -> Result<Option<Vec<Participant>>, ApiError> {
        if !self.is_internal(ctx).await? {
            return Ok(None);
        }
        Ok(Some(loaders::of(ctx).participants(self.0.id).await?.into_iter().map(Participant).collect()))
    }

    /// The viewer's own part in it, or that of a unit they work for; null where they have none.
    async fn my_part(&self, ctx: &Context<'_>) -> Result<Option<Participant>, ApiError> {
        self.own_part(ctx).await
    }

    /// How many of each party take part. Public.
    #[graphql(complexity = "7 * child_complexity + 1")]
    async fn turnout(&self, ctx: &Context<'_>) -> Result<Vec<PartyTurnout>, ApiError> {
        self.everybody(ctx).await
    }

    /// Of a hundred who were there and did not only look on, how many are stakeholders; null before anybody was there.
    async fn stakeholder_share_percent(&self, ctx: &Context<'_>) -> Result<Option<i64>, ApiError> {
        Ok(people::stakeholder_share(&self.everybody(ctx).await?))
    }

    /// Whether fewer stakeholders came than the programme asks for, as it was when the minutes were published first; it then does not count
    /// for the quota. Null before.
    async fn share_not_met(&self) -> Option<bool> {
        self.0.share_met.map(|met| !met)
    }

    /// What was said by name, in order. For the internal side; null for others.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn contributions(&self, ctx: &Context<'_>) -> Result<Option<Vec<Contribution>>, ApiError> {
        if !self.is_internal(ctx).await? {
            return Ok(None);
        }
        Ok(Some(loaders::of(ctx).contributions(self.0.id).await?.into_iter().map(Contribution).collect()))
    }

    /// What people can agree or disagree with, by number. Public; who votes is told beforehand that totals by party are public.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn statements(&self, ctx: &Context<'_>) -> Result<Vec<ConsultationStatement>, ApiError> {
        let open = self.0.minuted_at.is_some() || self.holds(ctx).await?;
        Ok(loaders::of(ctx).statements(self.0.id).await?.into_iter().map(|row| ConsultationStatement { row, open }).collect())
    }

    /// Its minutes and their drafts, by number. For the internal side and those who were there; null for others.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn minutes(&self, ctx: &Context<'_>) -> Result<Option<Vec<Minutes>>, ApiError> {
        let internal = self.is_internal(ctx).await?;
        if !internal && !self.was_there(ctx).await? {
            return Ok(None);
        }
        Ok(Some(loaders::of(ctx).minutes(self.0.id).await?.into_iter().map(|draft| Minutes { draft, internal }).collect()))
    }

    /// When its minutes were published first; null before.
    async fn minuted_at(&self) -> Option<DateTime<Utc>> {
        self.0.minuted_at.map(Timestamp::utc)
    }

    /// What was agreed on, by number. Public.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn items(&self, ctx: &Context<'_>) -> Result<Vec<AgreedItem>, ApiError> {
        Ok(loaders::of(ctx).agreed(self.0.id).await?.into_iter().map(AgreedItem).collect())
    }

    /// When it was reported; null before.
    async fn reported_at(&self) -> Option<DateTime<Utc>> {
        self.0.reported_at.map(Timestamp::utc)
    }

    /// To whom it was reported. For the internal side; null for others.
    async fn recipients(&self, ctx: &Context<'_>) -> Result<Option<Vec<String>>, ApiError> {
        if !self.is_internal(ctx).await? {
            return Ok(None);
        }
        Ok(Some(loaders::of(ctx).recipients(self.0.id).await?))
    }

    /// What leaders wrote on the report (批示), the first one first. For the internal side; null for others.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn instructions(&self, ctx: &Context<'_>) -> Result<Option<Vec<Instruction>>, ApiError> {
        if !self.is_internal(ctx).await? {
            return Ok(None);
        }
        Ok(Some(loaders::of(ctx).instructions(self.0.id).await?.into_iter().map(Instruction::from).collect()))
    }

    /// How it was rated since it was opened last; null before its minutes are published. Public.
    async fn evaluation(&self, ctx: &Context<'_>) -> Result<Option<Evaluation>, ApiError> {
        if self.0.minuted_at.is_none() {
            return Ok(None);
        }
        let version = self.version_row(ctx).await?;
        let questions = version.map(|version| version.0.questions).unwrap_or_default();
        Ok(Some(ending::evaluation(&self.0, &questions, &loaders::of(ctx).ratings(self.0.id).await?)))
    }

    /// What was found out before it, oldest first; for the internal side alone, null for others.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn research(&self, ctx: &Context<'_>) -> Result<Option<Vec<Research>>, ApiError> {
        if !self.is_internal(ctx).await? {
            return Ok(None);
        }
        let rows = loaders::of(ctx).research(self.0.id).await?;
        let opened = rows.into_iter().map(|row| async move {
            let key = loaders::of(ctx).key(row.account_id).await?;
            Ok::<_, ApiError>(Research::open(row, key.as_deref()))
        });
        Ok(Some(futures_util::future::try_join_all(opened).await?))
    }

    /// How many times something was found out before it, and how many people were talked to: public.
    async fn research_count(&self, ctx: &Context<'_>) -> Result<ResearchCount, ApiError> {
        let all = loaders::of(ctx).research(self.0.id).await?;
        let records = i64::try_from(all.len()).unwrap_or(i64::MAX);
        Ok(ResearchCount { records, people: all.iter().map(|one| one.people).sum() })
    }

    /// What chair's meetings decided about it, the first one first; for the internal side alone, empty for others.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn decisions(&self, ctx: &Context<'_>) -> Result<Vec<ChairDecision>, ApiError> {
        if !self.is_internal(ctx).await? {
            return Ok(Vec::new());
        }
        Ok(loaders::of(ctx).decisions_about(self.0.id).await?.into_iter().map(ChairDecision).collect())
    }

    /// What happened to it, oldest first.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn history(&self, ctx: &Context<'_>) -> Result<Vec<ConsultationEvent>, ApiError> {
        Ok(loaders::of(ctx).history(self.0.id).await?.into_iter().map(ConsultationEvent::from).collect())
    }

    /// What the viewer could do with it now, and what is in the way.
    #[graphql(complexity = "4 * child_complexity + 1")]
    async fn allowed_moves(&self, ctx: &Context<'_>) -> Result<Vec<ConsultationMove>, ApiError> {
        let cx = ctx.data_unchecked::<Cx>();
        let Some(standing) = self.standing(ctx).await? else { return Ok(Vec::new()) };
        let blocker = |no: moves::No| Blocker { code: no.code().to_owned(), message: cx.tell(&no.text()) };
        Ok(moves::allowed(self.0.state, standing)
            .map(|(kind, to, no)| ConsultationMove { kind, to, blocked_by: no.into_iter().map(blocker).collect() })
            .collect())
    }
}
