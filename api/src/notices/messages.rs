//! What a notice says, in both languages. It quotes nothing; the thing itself is one field away.
use crate::kernel::{Text, say};
use shangyi_entities::notice::NoticeKind;

/// The sentence of a kind of notice.
pub(super) fn of(kind: NoticeKind) -> Text {
    match kind {
        NoticeKind::TopicNeedsMore => say("您的议题需要补充信息，请补充后再提交。", "Your topic needs more information; please supply it."),
        NoticeKind::TopicAccepted => say("您的议题已受理，现在可以获得邻里支持。", "Your topic was accepted; neighbours can back it now."),
        NoticeKind::TopicAnswered => say("您提出或支持的议题有了答复。", "A topic you raised or backed has an answer."),
        NoticeKind::TopicRedirected => {
            say("您提出或支持的议题已转交他处，请查看去向。", "A topic you raised or backed was redirected; see where to.")
        }
        NoticeKind::TopicRejected => say("您提出或支持的议题未予受理，请查看原因。", "A topic you raised or backed was not taken up; see why."),
        NoticeKind::TopicWithdrawn => say("您支持的议题已由提出人撤回。", "A topic you backed was withdrawn by its author."),
        NoticeKind::TopicTakenDown => say("您提出或支持的议题已下架。", "A topic you raised or backed was taken down."),
        NoticeKind::TopicLapsed => {
            say("您的议题因未补充而暂停，补充后可继续办理。", "Your topic was laid aside for want of more; supply it, and it goes on.")
        }
        NoticeKind::TopicShortlisted => say("您提出的议题已列入拟采用。", "A topic you raised is on the short list."),
        NoticeKind::TopicHandedOver => say("您提出或支持的议题已转有关单位办理。", "A topic you raised or backed was handed over to a unit."),
        NoticeKind::TopicAdopted => say("您提出或支持的议题已采用，请查看去向。", "A topic you raised or backed was adopted; see as what."),
        NoticeKind::TopicReopened => {
            say("您提出或支持的议题未落实，已重新办理。", "A topic you raised or backed was not settled and is taken up again.")
        }
        NoticeKind::TopicMerged => say(
            "您提出或支持的议题已与相同事项合并，支持者可选择是否随之支持。",
            "A topic you raised or backed was merged with another; if you back it, you can decline to be carried along.",
        ),
        NoticeKind::TopicSplit => say("您提出或支持的议题已拆出，单独办理。", "A topic you raised or backed was split off and goes on by itself."),
        NoticeKind::TopicConfirmAsked => {
            say("您的议题答复满四周了，落实了吗？请告诉我们。", "Your topic was answered four weeks ago: was the answer kept? Please tell us.")
        }
        NoticeKind::SecondLookAsked => say("有一个议题申请复核，请查看。", "An author asks for a second look at a topic."),
        NoticeKind::SecondLookDecided => say("您申请的复核已有结果，请查看。", "The second look you asked for was decided; see how."),
        NoticeKind::MergeProposed => say("有一项合并建议等待您决定。", "A proposal to merge topics waits for your decision."),
        NoticeKind::MergeDecided => say("您提出的合并建议已有结果。", "Your proposal to merge topics was decided."),
        NoticeKind::HandOverGiven => say(
            "有一件转办等待接收，请在三个工作日内接收或退回。",
            "A matter was handed over to your unit; please accept or return it within three working days.",
        ),
        NoticeKind::HandOverReturned => say("您转办的事项被退回，请另行安排。", "A matter you handed over was returned; please find another way."),
        NoticeKind::HandOverRecalled => {
            say("一件转办已由转办方收回，无需再办。", "A matter handed over to your unit was taken back; nothing remains to do.")
        }
        NoticeKind::HandOverExtended => say("您转办的事项已延期，请查看原因。", "A matter you handed over was extended; see why."),
        NoticeKind::RealNameConfirmed => say("您的实名核验已完成。", "Your name has been checked."),
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
        NoticeKind::BookingEntered => say(
            "工作人员为您办理了一次接待预约或候补，请查看；不能来请提前取消。",
            "Staff booked a reception for you, or put you on its waiting list; please have a look, and cancel it in time if you cannot come.",
        ),
        NoticeKind::BookingOffered => {
            say("您候补的接待有名额了，请在保留时间内接受。", "A place came free for you; please accept it while it is kept for you.")
        }
        NoticeKind::BookingOfferExpired => {
            say("为您保留的名额已过期，可以重新候补。", "The place kept for you went to the next; you can join the waiting list again.")
        }
        NoticeKind::BookingPassedOver => say(
            "有名额空出，因您当天已有预约，没有为您保留；您的候补顺序不变，如需更换可以改约到这个时段，或先取消原预约。",
            "A place came free and was not kept for you, since you have another one that day; you keep your turn. To change, exchange that booking for this slot, or cancel it first.",
        ),
        NoticeKind::BookingLapsed => {
            say("您候补的时段已开始，候补随之结束，欢迎预约其他时段。", "The slot you waited for has begun; please choose another one.")
        }
        NoticeKind::BookingMoveProposed => {
            say("您预约的接待改了时间，请确认是否参加。", "The reception you booked has another time; please say whether you come.")
        }
        NoticeKind::BookingDayChanged => {
            say("您预约或候补的接待安排有变，请查看。", "Something of the reception you booked or wait for has changed; please have a look.")
        }
        NoticeKind::BookingAskedToMove => say(
            "您预约的时段名额减少，预约仍然有效；如方便请改约其他时段。",
            "Your slot has fewer places now. Your booking stands; if you can, please choose another slot.",
        ),
        NoticeKind::BookingCancelled => say(
            "您的一次接待预约或候补已取消，详情请查看，欢迎另约。",
            "A booking or a wait of yours was cancelled; please have a look, and choose another slot.",
        ),
        NoticeKind::BookingReminder => say("提醒您：接待时间快到了。", "A reminder: your reception is near."),
        NoticeKind::TopicRaisedForYou => say(
            "您在接待日反映的事项已由接待人员以您的名义提为议题，请查看；不同意可以撤回。",
            "What you spoke of on a reception day was raised as a topic in your name; please read it. If you do not agree, you can withdraw it.",
        ),
        NoticeKind::CallerToTell => say(
            "您代为登记的来访人收不到短信，其预约有新情况，请查看并告知本人。",
            "Somebody you entered gets no short messages; something happened to their booking: please have a look and tell them.",
        ),
        NoticeKind::ReceptionAnswered => say(
            "您在接待日反映的事项有了答复，请查看并评价。",
            "What you spoke of on a reception day has an answer; please read it and say what you think.",
        ),
        NoticeKind::ReceptionHandedOver => say(
            "您在接待日反映的事项已转有关单位办理，结果会告诉您。",
            "What you spoke of on a reception day went to a unit; you will be told what comes of it.",
        ),
        NoticeKind::ReceptionDutyAsked => say("请您参加一次接待，请回复能否参加。", "You are asked to receive; please say whether you can."),
        NoticeKind::ReceptionDutyChanged => say(
            "您参加的接待有变，请查看；改了时间的请重新回复。",
            "A reception of yours has changed; please have a look, and answer again where its time is another one.",
        ),
        NoticeKind::ReceptionDutyEnded => {
            say("您的一次接待已取消或由他人接替，无需到场。", "A reception of yours was cancelled or goes to somebody else; you need not come.")
        }
        NoticeKind::ReceptionDutyReminder => say("提醒您：您参加的接待时间快到了。", "A reminder: a reception on which you receive is near."),
        NoticeKind::ReceptionDutyDeclined => say("一位接待委员不能参加，请另行安排。", "A receiving member cannot come; please ask somebody else."),
        NoticeKind::ConsultationSelected => say("您提出的协商已选题，可以开始调研。", "What you proposed was selected; its research can begin."),
        NoticeKind::ConsultationDeclined => say("您提出的协商未列入，请查看原因。", "What you proposed was not taken up; see why."),
        NoticeKind::TopicConsultationAnnounced => say(
            "由您提出或支持的议题形成的协商已公告，请查看时间地点。",
            "The consultation that a topic you raised or backed became was announced; see when and where.",
        ),
        NoticeKind::TopicConsultationMoved => say(
            "由您提出或支持的议题形成的协商改了时间或地点，请查看。",
            "The consultation that a topic you raised or backed became was moved; see when and where.",
        ),
        NoticeKind::TopicConsultationPostponed => say(
            "由您提出或支持的议题形成的协商已延期，定下新时间后会再告诉您。",
            "The consultation that a topic you raised or backed became was postponed; you will be told of the new time.",
        ),
        NoticeKind::TopicConsultationMinuted => say(
            "由您提出或支持的议题形成的协商已公布纪要，请查看议定事项。",
            "The minutes of the consultation that a topic you raised or backed became are published; see what was agreed on.",
        ),
        NoticeKind::TopicConsultationAmended => say(
            "由您提出或支持的议题形成的协商修订了议定事项，请查看。",
            "What was agreed on in the consultation that a topic you raised or backed became was amended; please look.",
        ),
        NoticeKind::TopicItemEnded => say(
            "由您提出或支持的议题形成的协商有一项议定事项已有结果，请查看。",
            "Something agreed on in the consultation that a topic you raised or backed became has ended; see how.",
        ),
        NoticeKind::SittingInvited => say("邀请您参加协商会，请查看时间地点并答复。", "You are invited to a sitting; see when and where, and reply."),
        NoticeKind::SittingMoved => {
            say("您参加的协商会改了时间，请重新答复是否参加。", "A sitting you take part in was moved to another time; please reply again.")
        }
        NoticeKind::SittingHallChanged => {
            say("您参加的协商会改了地点，您的答复不变，请查看。", "A sitting you take part in is held elsewhere; your reply stands, see where.")
        }
        NoticeKind::SittingGivenBack => say(
            "您参加的协商会不再按原安排举行，您的时间已空出。",
            "A sitting you take part in does not take place as it was announced; your time is your own again.",
        ),
        NoticeKind::SittingSeatOffered => {
            say("协商会有了空位，请在期限内确认参加。", "A seat of a sitting is free for you; please confirm it in time.")
        }
        NoticeKind::SittingOfferExpired => {
            say("为您保留的协商会座位已过期，仍想参加可再次候补。", "The seat kept for you has gone; if you still want to come, you can wait again.")
        }
        NoticeKind::MinutesToSign => {
            say("您主持的协商有纪要待签字，请查看。", "Minutes of a sitting you led wait for your signature; please read them.")
        }
        NoticeKind::MinutesPublished => say(
            "您参加的协商已公布纪要，可查看、签字或提出不同意见，并评价这场协商。",
            "Minutes of a consultation you took part in are published: you can read and sign them, or object, and rate it.",
        ),
        NoticeKind::MinutesAmended => {
            say("您参加的协商修订了纪要，请查看。", "Minutes of a consultation you took part in were amended; please look.")
        }
        NoticeKind::ItemToConfirm => say(
            "您关心的议定事项已办结，请确认是否属实；28天内未回应将自动结束。",
            "Something you asked for is done, as its unit says: is it so? Without a word it ends after 28 days.",
        ),
        NoticeKind::ItemCannot => say(
            "承办单位答复一项议定事项无法办理，请认可或另定单位。",
            "A unit says that something agreed on cannot be done; please acknowledge that, or name another unit.",
        ),
        NoticeKind::AgreedItemCorrected => say("本单位承办的议定事项有更正，请查看。", "An agreed item of your unit was corrected; please look."),
        NoticeKind::AgreedItemPressed => {
            say("本单位承办的议定事项已逾期并被督办，请尽快办理。", "An agreed item of your unit is overdue and pressed for; please go on with it.")
        }
        NoticeKind::ReportAmended => say(
            "您报送的协商修订了纪要，请将变化转告报送对象。",
            "The minutes of a consultation you reported were amended; please pass the difference on to its recipients.",
        ),
        NoticeKind::ItemReturned => {
            say("承办单位退回了一项议定事项，请另定承办单位。", "A unit has returned something that was agreed on; please name another one.")
        }
        NoticeKind::EvaluationAsked => say("请您评议一场协商。", "You are asked to evaluate a consultation."),
        NoticeKind::ConsultationMinuted => say("您提出的协商已公布纪要。", "The minutes of what you proposed are published."),
        NoticeKind::ConsultationEvaluated => say("您提出的协商已完成评价。", "What you proposed was evaluated."),
        NoticeKind::ConsultationClosed => say("您提出的协商已办结。", "What you proposed was closed."),
        NoticeKind::ConsultationReopened => say("您提出的协商已重新启动，请查看原因。", "What you proposed was taken up again; see why."),
        NoticeKind::SittingYours => say(
            "请您主持或记录一场协商会，请查看时间地点；如不能到请联系公告单位。",
            "A sitting is yours to lead or to minute; see when and where, and tell its desk if you cannot come.",
        ),
        NoticeKind::SittingYoursMoved => say("您主持或记录的协商会改了时间或地点，请查看。", "A sitting of yours was moved; see when and where."),
        NoticeKind::SittingYoursGivenBack => say(
            "您主持或记录的协商会不再按原安排举行，您的时间已空出。",
            "A sitting of yours does not take place as it was announced; your time is your own again.",
        ),
        NoticeKind::CoHostingAsked => say(
            "有委员会邀请本委员会联合主办一场协商，请查看并答复。",
            "Your committee is asked to hold a consultation together with another one; please answer.",
        ),
        NoticeKind::CoHostingAnswered => {
            say("联合主办的邀请有了答复，请查看。", "A committee has answered whether it holds a consultation with you.")
        }
        NoticeKind::ConsultationAnnounced => {
            say("您提出的协商已公告，请查看时间地点。", "A consultation you proposed was announced; see when and where.")
        }
        NoticeKind::ConsultationSittingChanged => {
            say("您提出的协商改了时间或地点，请查看。", "A sitting of a consultation you proposed was moved; see when and where.")
        }
        NoticeKind::ConsultationPostponed => say("您提出的协商已延期，请查看原因。", "A consultation you proposed was postponed; see why."),
        NoticeKind::ConsultationResumed => say("您提出的协商恢复办理。", "A consultation you proposed goes on."),
        NoticeKind::ConsultationCancelled => say("您提出的协商已取消，请查看原因。", "A consultation you proposed was cancelled; see why."),
    }
}
