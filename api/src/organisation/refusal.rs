use super::Appointment;
use crate::kernel::{Cx, say};
use async_graphql::{Enum, SimpleObject, Union};

/// Why an appointment was refused.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum AppointmentRefusalReason {
    /// Nobody appoints themself.
    NeedsAnotherPerson,
    /// The person holds this appointment already.
    AlreadyHeld,
    /// The appointment has ended, or was confirmed by somebody else meanwhile.
    StateChanged,
    /// The phone has no account yet: ask the person to sign in once.
    NoAccount,
}

/// The appointment was refused.
#[derive(SimpleObject)]
pub struct AppointmentRefused {
    /// The reason as a word.
    pub code: String,
    /// The sentence to show, with the next step.
    pub message: String,
    /// The reason.
    pub reason: AppointmentRefusalReason,
}

impl AppointmentRefused {
    pub(super) fn new(cx: &Cx, reason: AppointmentRefusalReason) -> Self {
        use AppointmentRefusalReason as R;
        let (code, text) = match reason {
            R::NeedsAnotherPerson => (
                "NEEDS_ANOTHER_PERSON",
                say("这一步需要由另一位有权限的同事来办理。", "This step must be taken by another person with the right to it."),
            ),
            R::AlreadyHeld => {
                ("ALREADY_HELD", say("对方已有这项任职，无需重复任命。", "They hold this appointment already; there is nothing to do."))
            }
            R::StateChanged => {
                ("STATE_CHANGED", say("这项任职刚刚已被处理，请刷新后查看。", "This appointment has just been dealt with; please reload it."))
            }
            R::NoAccount => (
                "NO_ACCOUNT",
                say("这个手机号还没有登录过，请对方先登录一次。", "This phone has not signed in yet; please ask them to sign in once."),
            ),
        };
        Self { code: code.to_owned(), message: cx.tell(&text), reason }
    }
}

/// The appointment as it is now.
#[derive(SimpleObject)]
pub struct AppointmentPayload {
    /// The appointment.
    pub appointment: Appointment,
    /// Whether this request had been done before.
    pub replayed: bool,
}

/// The appointment, or why not.
#[derive(Union)]
#[allow(clippy::large_enum_variant, reason = "made once per request")]
pub enum AppointmentResult {
    /// Done.
    Done(AppointmentPayload),
    /// Refused.
    Refused(AppointmentRefused),
}
