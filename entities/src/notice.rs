use crate::*;
use sea_orm::entity::prelude::*;

/// What a person is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NoticeKind {
    /// 您的议题需要补充.
    TopicNeedsMore,
    /// 您的议题已受理.
    TopicAccepted,
    /// 您提出或支持的议题有了答复.
    TopicAnswered,
    /// 您提出或支持的议题已转交他处.
    TopicRedirected,
    /// 您提出或支持的议题不予受理.
    TopicRejected,
    /// 您支持的议题已由提出人撤回.
    TopicWithdrawn,
    /// 您提出或支持的议题已下架.
    TopicTakenDown,
    /// 您的议题因未补充而失效，补充后可继续.
    TopicLapsed,
    /// 您提出或支持的议题已拟采用.
    TopicShortlisted,
    /// 您提出或支持的议题已转办.
    TopicHandedOver,
    /// 您提出或支持的议题已采用.
    TopicAdopted,
    /// 您提出或支持的议题已重新办理.
    TopicReopened,
    /// 您提出或支持的议题已并入另一议题，可选择是否随之支持.
    TopicMerged,
    /// 您提出或支持的议题已拆出.
    TopicSplit,
    /// 您的议题的答复落实了吗？
    TopicConfirmAsked,
    /// 您在接待日反映的事项已由工作人员以您的名义提为议题.
    TopicRaisedForYou,
    /// 您申请的复核已有结果.
    SecondLookDecided,
    /// 有一个议题申请复核.
    SecondLookAsked,
    /// 有一项合并建议等待决定.
    MergeProposed,
    /// 您提出的合并建议已有结果.
    MergeDecided,
    /// 有一件转办等待接收.
    HandOverGiven,
    /// 转办被承办单位退回.
    HandOverReturned,
    /// 转办已收回.
    HandOverRecalled,
    /// 转办已延期.
    HandOverExtended,
    /// 您的实名核验已完成.
    RealNameConfirmed,
    /// 您获得一项任职.
    AppointmentGranted,
    /// 您的一项任职已结束.
    AppointmentEnded,
    /// 一项任职等待第二人确认.
    AppointmentToConfirm,
    /// 新的值班安排已发布.
    DutyPublished,
    /// 您被安排了一次值班.
    DutySlotAssigned,
    /// 一个班次待补.
    DutySlotVacant,
    /// 您的一个班次已取消.
    DutySlotHandedBack,
    /// 有人想与您换班.
    SlotSwapOffered,
    /// 您的换班已有人接受.
    SlotSwapAccepted,
    /// 工作人员代您录入了签到.
    StaffEntryMade,
    /// 一条签到等待核实.
    CheckInConflict,
    /// 您的一条签到已核实.
    CheckInSettled,
    /// 一条补签等待审批.
    LateEntryAsked,
    /// 您的补签已有结果.
    LateEntryDecided,
    /// 一次到访还没有日志.
    StudioLogAsked,
    /// 工作人员为您登记了预约.
    BookingEntered,
    /// 候补名额空出，请在时限内接受.
    BookingOffered,
    /// 候补名额已过期.
    BookingOfferExpired,
    /// 有名额空出，因您当日已有预约而未保留.
    BookingPassedOver,
    /// 候补结束，时段已开始.
    BookingLapsed,
    /// 接待日改期，请确认是否参加.
    BookingMoveProposed,
    /// 接待安排有变.
    BookingDayChanged,
    /// 名额减少，建议改约其他时段.
    BookingAskedToMove,
    /// 您的预约已取消.
    BookingCancelled,
    /// 预约提醒.
    BookingReminder,
    /// 来电人收不到短信，请告知本人.
    CallerToTell,
    /// 您在接待日反映的事项有了答复.
    ReceptionAnswered,
    /// 您在接待日反映的事项已转有关单位办理.
    ReceptionHandedOver,
    /// 请您参加一次接待.
    ReceptionDutyAsked,
    /// 您参加的接待有变.
    ReceptionDutyChanged,
    /// 您参加的接待已取消或已由他人接替.
    ReceptionDutyEnded,
    /// 接待提醒，发给接待委员.
    ReceptionDutyReminder,
    /// 一位接待委员不能到，请另行安排.
    ReceptionDutyDeclined,
    /// 由您提出或支持的议题形成的协商已公告.
    TopicConsultationAnnounced,
    /// 由您提出或支持的议题形成的协商改期或改地点.
    TopicConsultationMoved,
    /// 由您提出或支持的议题形成的协商已延期.
    TopicConsultationPostponed,
    /// 由您提出或支持的议题形成的协商已公布纪要.
    TopicConsultationMinuted,
    /// 由您提出或支持的议题形成的协商修订了纪要.
    TopicConsultationAmended,
    /// 由您提出或支持的议题形成的协商有议定事项办结.
    TopicItemEnded,
    /// 请您主持或记录一场协商会.
    SittingYours,
    /// 您主持或记录的协商会改期或改地点.
    SittingYoursMoved,
    /// 您主持或记录的协商会不再举行.
    SittingYoursGivenBack,
    /// 邀请您参加协商会.
    SittingInvited,
    /// 您参加的协商会改了时间，请重新答复.
    SittingMoved,
    /// 您参加的协商会改了地点.
    SittingHallChanged,
    /// 您参加的协商会不再按原安排举行.
    SittingGivenBack,
    /// 候补有了空位，请确认.
    SittingSeatOffered,
    /// 候补空位已过期.
    SittingOfferExpired,
    /// 请您在协商纪要上签字.
    MinutesToSign,
    /// 您参加的协商已公布纪要.
    MinutesPublished,
    /// 您参加的协商修订了纪要.
    MinutesAmended,
    /// 议定事项已办结，请确认.
    ItemToConfirm,
    /// 承办单位答复无法办理.
    ItemCannot,
    /// 本单位承办的议定事项有更正.
    AgreedItemCorrected,
    /// 本单位承办的议定事项被督办.
    AgreedItemPressed,
    /// 请您评价一场协商.
    EvaluationAsked,
    /// 您报送的协商修订了纪要，请转告报送对象.
    ReportAmended,
    /// 承办单位退回了议定事项，请另定单位.
    ItemReturned,
    /// 您提出的协商已公布纪要.
    ConsultationMinuted,
    /// 您提出的协商已评价.
    ConsultationEvaluated,
    /// 您提出的协商已办结.
    ConsultationClosed,
    /// 您提出的协商重新启动.
    ConsultationReopened,
    /// 邀请本委员会联合主办一场协商.
    CoHostingAsked,
    /// 联合主办的邀请有了答复.
    CoHostingAnswered,
    /// 您提出的协商已选题.
    ConsultationSelected,
    /// 您提出的协商未列入.
    ConsultationDeclined,
    /// 您提出的协商已公告.
    ConsultationAnnounced,
    /// 您提出的协商改期或改地点.
    ConsultationSittingChanged,
    /// 您提出的协商已延期.
    ConsultationPostponed,
    /// 您提出的协商恢复办理.
    ConsultationResumed,
    /// 您提出的协商已取消.
    ConsultationCancelled,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "notices")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NoticeId,
    pub account_id: AccountId,
    pub kind: NoticeKind,
    pub event_id: Uuid,
    pub subject_id: Uuid,
    pub at: Timestamp,
    pub read_at: Option<Timestamp>,
}

impl ActiveModelBehavior for ActiveModel {}
