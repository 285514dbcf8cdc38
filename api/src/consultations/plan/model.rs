use super::store;
use crate::consultations::loaders;
use crate::consultations::programme::Programme;
use crate::kernel::{ApiError, Cx, Gid};
use crate::organisation::{self, Division, Member, Organisation};
use async_graphql::{Context, Enum, Object};
use chrono::{DateTime, Utc};
use shangyi_entities::{PlanItemId, Timestamp, YearPlanId, plan_comment, plan_item, year_plan};

/// Where a year's plan stands.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum YearPlanState {
    /// 草案: members are asked.
    Draft,
    /// 已征求意见: somebody has commented, or the time for it is over.
    Commented,
    /// 主席会议已审定, and not redrafted since.
    Approved,
}

/// Where a plan stands at that moment; `commented`: somebody has said something of its current version.
pub(in crate::consultations) fn stands(row: &year_plan::Model, commented: bool, now: Timestamp) -> YearPlanState {
    if row.approved_version.is_some_and(|approved| row.version == approved + 1) {
        YearPlanState::Approved
    } else if commented || now >= row.comments_until {
        YearPlanState::Commented
    } else {
        YearPlanState::Draft
    }
}

/// A year's plan.
#[derive(Clone)]
pub struct YearPlan(pub(in crate::consultations) year_plan::Model);

/// What a committee means to consult about in a year (年度协商计划). For the internal side of the committee alone.
#[Object]
impl YearPlan {
    /// Its id.
    pub async fn id(&self) -> Gid<YearPlanId> {
        Gid(self.0.id)
    }

    /// The committee.
    async fn committee(&self, ctx: &Context<'_>) -> Result<Option<Organisation>, ApiError> {
        organisation::load_organisation(ctx, self.0.committee_id).await
    }

    /// The year.
    async fn year(&self) -> i64 {
        self.0.year
    }

    /// Where it stands.
    async fn state(&self, ctx: &Context<'_>) -> Result<YearPlanState, ApiError> {
        let comments = loaders::of(ctx).comments(self.0.id).await?;
        let commented = comments.iter().any(|comment| comment.plan_version == self.0.version);
        Ok(stands(&self.0, commented, ctx.data_unchecked::<Cx>().now()))
    }

    /// Its version, to be sent back as `expectedVersion`: it grows with each draft and each approval.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// Until when members comment; a day at least after the draft.
    async fn comments_until(&self) -> DateTime<Utc> {
        self.0.comments_until.utc()
    }

    /// When it was approved last; null: never.
    async fn approved_at(&self) -> Option<DateTime<Utc>> {
        self.0.approved_at.map(Timestamp::utc)
    }

    /// What it says now, by quarter; at most 300.
    #[graphql(complexity = "100 * child_complexity + 1")]
    async fn items(&self, ctx: &Context<'_>) -> Result<Vec<PlanItem>, ApiError> {
        let all = loaders::of(ctx).items(self.0.id).await?;
        Ok(all.into_iter().filter(|item| item.dropped_in.is_none()).map(|item| PlanItem::of(item, &self.0)).collect())
    }

    /// What members said, oldest first.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn comments(&self, ctx: &Context<'_>) -> Result<Vec<PlanComment>, ApiError> {
        Ok(loaders::of(ctx).comments(self.0.id).await?.into_iter().map(PlanComment).collect())
    }
}

/// A thing of a plan.
#[derive(Clone)]
pub struct PlanItem {
    row: plan_item::Model,
    approved: bool,
}

impl PlanItem {
    pub(in crate::consultations) fn of(row: plan_item::Model, plan: &year_plan::Model) -> Self {
        Self { approved: store::is_approved(&row, plan), row }
    }
}

/// A thing to consult about, as the plan says it.
#[Object]
impl PlanItem {
    /// Its id, for `proposeConsultation` and `draftPlan`.
    async fn id(&self) -> Gid<PlanItemId> {
        Gid(self.row.id)
    }

    /// What about.
    async fn title(&self) -> &str {
        &self.row.title
    }

    /// Under which programme.
    async fn programme(&self, ctx: &Context<'_>) -> Result<Option<Programme>, ApiError> {
        loaders::of(ctx).programme(self.row.programme_id).await
    }

    /// Where.
    async fn division(&self, ctx: &Context<'_>) -> Result<Option<Division>, ApiError> {
        organisation::load_division(ctx, &self.row.division_code).await
    }

    /// Who prepares it.
    async fn organiser(&self, ctx: &Context<'_>) -> Result<Option<Organisation>, ApiError> {
        organisation::load_organisation(ctx, self.row.organiser_id).await
    }

    /// In which quarter of the year, 1 to 4.
    async fn quarter(&self) -> i64 {
        self.row.quarter
    }

    /// Whether the chair's meeting has approved the plan with it.
    async fn approved(&self) -> bool {
        self.approved
    }
}

/// What a member said of a plan.
pub struct PlanComment(plan_comment::Model);

/// What a member said of a plan.
#[Object]
impl PlanComment {
    /// Who.
    async fn member(&self, ctx: &Context<'_>) -> Result<Option<Member>, ApiError> {
        organisation::loaders_of(ctx).member(self.0.member_id).await
    }

    /// What; null once they have erased themselves.
    async fn text(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        let key = loaders::of(ctx).key(self.0.account_id).await?;
        Ok(key.and_then(|key| key.open(store::TEXT, &self.0.text_enc)))
    }

    /// Of which version of the plan.
    async fn version(&self) -> i64 {
        self.0.plan_version
    }

    /// When.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at.utc()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shangyi_entities::{AccountId, OrganisationId, ProgrammeId};
    use uuid::Uuid;

    fn plan(version: i64, approved: Option<i64>) -> year_plan::Model {
        year_plan::Model {
            id: YearPlanId(Uuid::nil()),
            committee_id: OrganisationId(Uuid::nil()),
            year: 2026,
            version,
            comments_until: Timestamp(10),
            drafted_at: Timestamp(0),
            drafted_by: AccountId(Uuid::nil()),
            approved_version: approved,
            approved_at: approved.map(|_| Timestamp(5)),
        }
    }

    #[test]
    fn a_plan_is_a_draft_until_somebody_has_commented_or_the_time_is_over() {
        use YearPlanState::{Approved, Commented, Draft};
        for (version, approved, commented, now, state) in [
            (1, None, false, 9, Draft),
            (1, None, true, 0, Commented),
            (1, None, false, 10, Commented),
            (2, Some(1), false, 0, Approved),
            // Redrafted after that.
            (3, Some(1), false, 9, Draft),
            (3, Some(1), true, 9, Commented),
        ] {
            assert_eq!(stands(&plan(version, approved), commented, Timestamp(now)), state, "{version} {approved:?} {commented} {now}");
        }
    }

    #[test]
    fn an_item_is_approved_with_the_version_that_has_it() {
        let item = |added: i64, dropped: Option<i64>| plan_item::Model {
            id: PlanItemId(Uuid::nil()),
            plan_id: YearPlanId(Uuid::nil()),
            programme_id: ProgrammeId(Uuid::nil()),
            title: String::new(),
            division_code: String::new(),
            organiser_id: OrganisationId(Uuid::nil()),
            quarter: 1,
            added_in: added,
            dropped_in: dropped,
        };
        for (added, dropped, approved, is) in
            [(1, None, None, false), (1, None, Some(1), true), (3, None, Some(1), false), (1, Some(3), Some(1), true), (1, Some(3), Some(3), false)]
        {
            assert_eq!(store::is_approved(&item(added, dropped), &plan(9, approved)), is, "{added} {dropped:?} {approved:?}");
        }
    }
}
