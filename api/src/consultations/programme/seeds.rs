//! Seven programmes as committees in the field know them, to begin with. The names are theirs; the numbers are defaults that a
//! committee changes by publishing a version of its own. Source: domain 7.
use super::content::{Content, ProgrammeQuota, USUAL_THRESHOLD};
use async_graphql::Enum;
use shangyi_entities::programme_version::{LedBy, Party, ProgrammeLevel, QuotaPeriod, SelectedBy};

/// A programme to begin with.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgrammeSeed {
    /// 渝事好商量.
    YuShiHaoShangLiang,
    /// 有事来协商.
    YouShiLaiXieShang,
    /// 委员议事, elsewhere called 请你来协商 or 双周协商.
    WeiYuanYiShi,
    /// 院坝协商: in courtyards.
    YuanBaXieShang,
    /// 社区协商: in communities.
    SheQuXieShang,
    /// 园区协商: in industrial parks.
    YuanQuXieShang,
    /// 小切口大民生: led by the chair or standing members at pilot sites.
    XiaoQieKouDaMinSheng,
}

/// All seven, as they are offered.
pub const ALL: [ProgrammeSeed; 7] = [
    ProgrammeSeed::YuShiHaoShangLiang,
    ProgrammeSeed::YouShiLaiXieShang,
    ProgrammeSeed::WeiYuanYiShi,
    ProgrammeSeed::YuanBaXieShang,
    ProgrammeSeed::SheQuXieShang,
    ProgrammeSeed::YuanQuXieShang,
    ProgrammeSeed::XiaoQieKouDaMinSheng,
];

const QUESTIONS: [&str; 4] = ["是否开展了充分的调研", "各方意见是否都得到听取", "议定事项是否具体可行", "对这次协商的总体评价"];

fn of(name: &str, level: ProgrammeLevel, parties: &[Party]) -> Content {
    let (notice_days, quota) = match level {
        // One a quarter in each township; nine a year in a county or a city.
        ProgrammeLevel::Township => (3, ProgrammeQuota { count: 1, period: QuotaPeriod::Quarter }),
        ProgrammeLevel::County | ProgrammeLevel::City => (5, ProgrammeQuota { count: 9, period: QuotaPeriod::Year }),
    };
    Content {
        name: name.to_owned(),
        level,
        selected_by: SelectedBy::ChairMeeting,
        led_by: LedBy::Member,
        notice_days,
        share_percent: 30,
        parties: parties.to_vec(),
        quota: Some(quota),
        questions: QUESTIONS.map(ToOwned::to_owned).to_vec(),
        threshold: USUAL_THRESHOLD,
        note: None,
    }
}

impl ProgrammeSeed {
    /// What it says.
    pub fn content(self) -> Content {
        use Party::{Community, Department, Expert, Member, Resident, Stakeholder};
        use ProgrammeLevel::{County, Township};
        let small = |name| Content {
            selected_by: SelectedBy::LiaisonCommittee,
            ..of(name, Township, &[Member, Resident, Stakeholder, Department, Community])
        };
        match self {
            Self::YuShiHaoShangLiang => of("渝事好商量", County, &[Member, Resident, Stakeholder, Department, Expert]),
            Self::YouShiLaiXieShang => of("有事来协商", Township, &[Member, Resident, Stakeholder, Department, Community]),
            Self::WeiYuanYiShi => of("委员议事", County, &[Member, Stakeholder, Department, Expert]),
            Self::YuanBaXieShang => small("院坝协商"),
            Self::SheQuXieShang => small("社区协商"),
            Self::YuanQuXieShang => Content { parties: vec![Member, Stakeholder, Department, Expert], ..small("园区协商") },
            Self::XiaoQieKouDaMinSheng => {
                Content { led_by: LedBy::Leader, ..of("小切口大民生", Township, &[Member, Resident, Stakeholder, Department, Community]) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn seven_seeds_have_seven_names_and_keep_to_the_rules() {
        let names: HashSet<String> = ALL.iter().map(|seed| seed.content().name).collect();
        assert_eq!(names.len(), 7);
        for content in ALL.map(ProgrammeSeed::content) {
            assert!(content.parties.contains(&Party::Member) && content.parties.contains(&Party::Stakeholder), "{}", content.name);
            assert!(content.parties.is_sorted(), "{}", content.name);
            assert!(content.selected_by == SelectedBy::ChairMeeting || content.level == ProgrammeLevel::Township, "{}", content.name);
            assert!(!content.questions.is_empty() && content.threshold.checked().is_ok());
        }
    }
}
