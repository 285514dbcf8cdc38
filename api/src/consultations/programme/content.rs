//! What a programme says, checked.
use crate::consultations::certificate::Threshold;
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, say};
use async_graphql::{InputObject, SimpleObject};
use sea_orm::Iterable;
use shangyi_entities::programme_version::{LedBy, Party, ProgrammeLevel, QuotaPeriod, SelectedBy};
use std::ops::RangeInclusive;

/// How many consultations there are to be, and in which time.
#[derive(InputObject, SimpleObject, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(input_name = "ProgrammeQuotaInput", name = "ProgrammeQuota")]
pub struct ProgrammeQuota {
    /// How many at least, 1 to 1000. Of a township programme in each township, else in the whole committee.
    pub count: i64,
    /// In each quarter, or in each year.
    pub period: QuotaPeriod,
}

/// A part of one, as a fraction.
#[derive(InputObject, SimpleObject, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(input_name = "ConsensusThresholdInput", name = "ConsensusThreshold")]
pub struct ConsensusThreshold {
    /// Above the line; at least 1.
    pub numerator: i64,
    /// Below the line; not less than the numerator, at most 1000.
    pub denominator: i64,
}

/// 3/5. Source: domain 7.
pub const USUAL_THRESHOLD: ConsensusThreshold = ConsensusThreshold { numerator: 3, denominator: 5 };

impl ConsensusThreshold {
    /// Checked: a part of one.
    pub fn checked(self) -> Result<Threshold, ApiError> {
        let fits = self.numerator >= 1 && self.numerator <= self.denominator && self.denominator <= 1000;
        match (u32::try_from(self.numerator), u32::try_from(self.denominator)) {
            (Ok(numerator), Ok(denominator)) if fits => Ok(Threshold { numerator, denominator }),
            _ => {
                let text = say(
                    "共识阈值请填不大于1的分数，分母不超过1000，例如3/5。",
                    "The threshold is a fraction of at most 1 with a denominator of at most 1000, such as 3/5.",
                );
                Err(ApiError::bad_input("consensusThreshold", text))
            }
        }
    }
}

/// What a programme says. Consultations keep the version they began with.
#[derive(InputObject, Clone)]
pub struct ProgrammeContentInput {
    /// What it is called here, at most 30 characters; no other programme of the committee is called so.
    pub name: String,
    /// Where its consultations are held.
    pub level: ProgrammeLevel,
    /// Who takes proposals into the year's work; the chair's meeting when left out. `LIAISON_COMMITTEE` only at township level.
    #[graphql(default_with = "SelectedBy::ChairMeeting")]
    pub selected_by: SelectedBy,
    /// Who leads its consultations; any member when left out.
    #[graphql(default_with = "LedBy::Member")]
    pub led_by: LedBy,
    /// Working days between the announcement and the first sitting, 0 to 60.
    pub notice_working_days: i64,
    /// Of those present, how many of a hundred are stakeholders at least, 0 to 100; fewer are minuted, and do not count for the quota.
    pub stakeholder_share_percent: i64,
    /// Who is to take part; members always.
    pub parties: Vec<Party>,
    /// How many consultations there are to be; null: no number is set.
    pub quota: Option<ProgrammeQuota>,
    /// What participants and evaluators are asked afterwards, in this order; at most 10, each of at most 100 characters.
    pub evaluation_questions: Vec<String>,
    /// How much consensus a certificate asks for; 3/5 when left out.
    pub consensus_threshold: Option<ConsensusThreshold>,
    /// What else holds here, at most 500 characters.
    pub note: Option<String>,
}

/// The same, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    pub(super) name: String,
    pub(super) level: ProgrammeLevel,
    pub(super) selected_by: SelectedBy,
    pub(super) led_by: LedBy,
    pub(super) notice_days: i64,
    pub(super) share_percent: i64,
    pub(super) parties: Vec<Party>,
    pub(super) quota: Option<ProgrammeQuota>,
    pub(super) questions: Vec<String>,
    pub(super) threshold: ConsensusThreshold,
    pub(super) note: Option<String>,
}

const NAME: Rule = Rule { field: "name", name: ("名目名称", "The name"), most: 30 };
const QUESTION: Rule = Rule { field: "evaluationQuestions", name: ("评价问题", "A question"), most: 100 };
const NOTE: Rule = Rule { field: "note", name: ("说明", "The note"), most: 500 };
const MOST_QUESTIONS: usize = 10;

fn within(field: &'static str, (zh, en): (&str, &str), value: i64, bounds: RangeInclusive<i64>) -> Result<i64, ApiError> {
    if bounds.contains(&value) {
        return Ok(value);
    }
    let (least, most) = (bounds.start(), bounds.end());
    Err(ApiError::bad_input(field, say(format!("{zh}请填{least}到{most}。"), format!("{en} may be {least} to {most}."))))
}

impl ProgrammeContentInput {
    /// Checks what was given.
    pub(super) fn checked(&self) -> Result<Content, ApiError> {
        if self.selected_by == SelectedBy::LiaisonCommittee && self.level != ProgrammeLevel::Township {
            let text = say(
                "只有镇街级名目可以授权联络委选题，请改由主席会议选题。",
                "Only programmes at township level can be left to liaison committees; please let the chair's meeting select.",
            );
            return Err(ApiError::bad_input("selectedBy", text));
        }
        if self.evaluation_questions.len() > MOST_QUESTIONS {
            let text = say(format!("评价问题最多{MOST_QUESTIONS}个。"), format!("There are {MOST_QUESTIONS} questions at most."));
            return Err(ApiError::bad_input("evaluationQuestions", text));
        }
        if let Some(quota) = self.quota {
            within("quota", ("计划场次", "The number"), quota.count, 1..=1000)?;
        }
        let threshold = self.consensus_threshold.unwrap_or(USUAL_THRESHOLD);
        threshold.checked()?;
        Ok(Content {
            name: text::clean_line(&NAME, &self.name)?,
            level: self.level,
            selected_by: self.selected_by,
            led_by: self.led_by,
            notice_days: within("noticeWorkingDays", ("提前公告的工作日", "The working days"), self.notice_working_days, 0..=60)?,
            share_percent: within("stakeholderSharePercent", ("利益相关方占比", "The share"), self.stakeholder_share_percent, 0..=100)?,
            // Each once, in the order of the list; without members it is no consultation of the committee.
            parties: Party::iter().filter(|party| *party == Party::Member || self.parties.contains(party)).collect(),
            quota: self.quota,
            questions: self.evaluation_questions.iter().map(|text| text::clean_line(&QUESTION, text)).collect::<Result<_, _>>()?,
            threshold,
            note: text::clean_optional(&NOTE, self.note.as_deref())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given() -> ProgrammeContentInput {
        ProgrammeContentInput {
            name: "院坝协商".to_owned(),
            level: ProgrammeLevel::Township,
            selected_by: SelectedBy::LiaisonCommittee,
            led_by: LedBy::Member,
            notice_working_days: 3,
            stakeholder_share_percent: 30,
            parties: vec![Party::Resident, Party::Stakeholder, Party::Resident],
            quota: None,
            evaluation_questions: vec![" 是否听取了各方意见 ".to_owned()],
            consensus_threshold: None,
            note: Some("  ".to_owned()),
        }
    }

    #[test]
    fn what_is_given_is_put_in_order() {
        let content = given().checked().unwrap();
        assert_eq!(content.parties, [Party::Member, Party::Resident, Party::Stakeholder]);
        assert_eq!((content.questions.as_slice(), content.note, content.threshold), (&["是否听取了各方意见".to_owned()][..], None, USUAL_THRESHOLD));
    }

    #[test]
    fn each_number_has_its_bounds() {
        for (days, share, fits) in [(0, 0, true), (60, 100, true), (-1, 30, false), (61, 30, false), (3, -1, false), (3, 101, false)] {
            let content = ProgrammeContentInput { notice_working_days: days, stakeholder_share_percent: share, ..given() };
            assert_eq!(content.checked().is_ok(), fits, "{days} {share}");
        }
        for (numerator, denominator, fits) in [(1, 1, true), (3, 5, true), (0, 5, false), (6, 5, false), (1, 1001, false), (i64::MIN, 5, false)] {
            assert_eq!(ConsensusThreshold { numerator, denominator }.checked().is_ok(), fits, "{numerator}/{denominator}");
        }
        for (count, fits) in [(0, false), (1, true), (1000, true), (1001, false)] {
            let content = ProgrammeContentInput { quota: Some(ProgrammeQuota { count, period: QuotaPeriod::Year }), ..given() };
            assert_eq!(content.checked().is_ok(), fits, "{count}");
        }
        assert!(ProgrammeContentInput { level: ProgrammeLevel::County, ..given() }.checked().is_err(), "the chair's meeting selects above townships");
        assert!(ProgrammeContentInput { evaluation_questions: vec!["问".to_owned(); 11], ..given() }.checked().is_err());
    }
}
