use super::{
    AcceptMoveInput, AcceptOfferInput, AnswerReceptionInput, BookForCallerInput, BookSlotInput, BookingResult, CancelBookingInput,
    CancelReceptionDayInput, ChangeReceptionDayInput, ChangeSlotInput, CheckInBookingInput, DeclineOfferInput, JoinWaitingListInput, MarkLeftInput,
    MarkNoShowInput, PublishReceptionDayInput, RaiseReceptionTopicInput, RateReceptionInput, ReceptionDayResult, ReceptionRecordResult,
    RecordReceptionInput, RegisterWalkInInput, ReplaceReceivingMemberInput, RespondToReceptionDutyInput, SaveReceptionPlanInput,
    SaveReceptionPlanResult,
};
use super::{booking, day, record};
use crate::kernel::{ApiError, Cx};
use async_graphql::{Context, Object};

/// Scheduling receptions, booking, receiving.
#[derive(Default)]
pub struct ReceptionsMutation;

#[Object]
impl ReceptionsMutation {
    /// Publishes a reception day: one that is planned, or a new one. From then on places can be booked, or from `opensAt`; the members are asked to
    /// receive. For the desk of the venue's division.
    #[graphql(complexity = "30 + child_complexity")]
    async fn publish_reception_day(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which day.")] input: PublishReceptionDayInput,
    ) -> Result<ReceptionDayResult, ApiError> {
        day::publish::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Keeps a plan exactly as it was shown: its days are planned, their venue and time taken, their members asked. For the desk of the
    /// venue's division.
    #[graphql(complexity = "100 + child_complexity")]
    async fn save_reception_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which plan.")] input: SaveReceptionPlanInput,
    ) -> Result<SaveReceptionPlanResult, ApiError> {
        day::plan::save(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Changes a day: another venue keeps the bookings, another time asks everyone again, more places are offered to those who wait, fewer throw
    /// nobody out. Everyone concerned is told. For its desk.
    #[graphql(complexity = "60 + child_complexity")]
    async fn change_reception_day(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: ChangeReceptionDayInput,
    ) -> Result<ReceptionDayResult, ApiError> {
        day::change::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Cancels a day with a reason; everyone who booked, waits or receives is told. For its desk.
    #[graphql(complexity = "60 + child_complexity")]
    async fn cancel_reception_day(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which day and why.")] input: CancelReceptionDayInput,
    ) -> Result<ReceptionDayResult, ApiError> {
        day::cancel::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Says whether one receives on a day: to come takes one's time in the calendar, to decline gives it back and tells the desk. For those who
    /// are asked.
    #[graphql(complexity = "20 + child_complexity")]
    async fn respond_to_reception_duty(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The answer.")] input: RespondToReceptionDutyInput,
    ) -> Result<ReceptionDayResult, ApiError> {
        day::respond::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Asks somebody else to receive, however short before; bookings stay. Whoever was to receive is told. For the day's desk.
    #[graphql(complexity = "20 + child_complexity")]
    async fn replace_receiving_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who instead of whom.")] input: ReplaceReceivingMemberInput,
    ) -> Result<ReceptionDayResult, ApiError> {
        day::replace::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Takes a place. Never more than there are; one a person, committee and day; nobody passes those who wait. For everyone signed in; leaders'
    /// days for members of the committee. At most 10 bookings and waits a person and day, unless the installation sets another number.
    /// Refused: SLOT_FULL, ALREADY_BOOKED, OVERLAPS, NOT_OPEN_YET, DAY_CLOSED, TOO_LATE, LEVEL_NEEDED, LIMIT_REACHED.
    #[graphql(complexity = "30 + child_complexity")]
    async fn book_slot(&self, ctx: &Context<'_>, #[graphql(desc = "Which slot.")] input: BookSlotInput) -> Result<BookingResult, ApiError> {
        booking::book::slot(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Joins a slot's waiting list with the next number. Where a place is free and nobody is before, it is offered at once.
    #[graphql(complexity = "30 + child_complexity")]
    async fn join_waiting_list(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which slot.")] input: JoinWaitingListInput,
    ) -> Result<BookingResult, ApiError> {
        booking::book::wait(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Gives a place back, until two hours before the slot (`cancelUntil`; the desk also later), or ends a wait, an offer or a proposed
    /// time at any time; the place is offered to the next who waits, in the same moment. For the person, and for the day's desk.
    #[graphql(complexity = "30 + child_complexity")]
    async fn cancel_booking(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which booking.")] input: CancelBookingInput,
    ) -> Result<BookingResult, ApiError> {
        booking::answer::cancel(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Takes a place in another slot instead of the one that is booked, in the same moment: where there is none, the old one stays. Until two
    /// hours before the old slot (`cancelUntil`; the desk also later). Answers the new booking; the old one is CANCELLED. For the person, and
    /// for the day's desk. Refused: like `bookSlot` and `cancelBooking`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn change_slot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which booking goes where.")] input: ChangeSlotInput,
    ) -> Result<BookingResult, ApiError> {
        booking::exchange::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Takes the place that was offered, while the offer stands. For the person, and for the day's desk.
    #[graphql(complexity = "30 + child_complexity")]
    async fn accept_offer(&self, ctx: &Context<'_>, #[graphql(desc = "Which offer.")] input: AcceptOfferInput) -> Result<BookingResult, ApiError> {
        booking::answer::accept_offer(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Lets an offered place go to the next who waits. For the person, and for the day's desk.
    #[graphql(complexity = "30 + child_complexity")]
    async fn decline_offer(&self, ctx: &Context<'_>, #[graphql(desc = "Which offer.")] input: DeclineOfferInput) -> Result<BookingResult, ApiError> {
        booking::answer::decline_offer(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Comes at the new time of a day that was moved, until the slot ends; `cancelBooking` does not, at any time. For the person, and for the
    /// day's desk. Refused: ALREADY_BOOKED, OVERLAPS, STATE_CHANGED, DAY_CLOSED.
    #[graphql(complexity = "30 + child_complexity")]
    async fn accept_move(&self, ctx: &Context<'_>, #[graphql(desc = "Which booking.")] input: AcceptMoveInput) -> Result<BookingResult, ApiError> {
        booking::answer::accept_move(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Takes a place for somebody who called, or puts them on the waiting list; they are told by short message, or by the officer (`CALLER_TO_TELL`).
    /// For leaders' days, a member by the phone they sign in with. Where their phone has an account,
    /// it is that person's booking too. For the day's desk and those who receive.
    #[graphql(complexity = "30 + child_complexity")]
    async fn book_for_caller(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who and where.")] input: BookForCallerInput,
    ) -> Result<BookingResult, ApiError> {
        booking::book::for_caller(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Registers somebody who came without a booking, on the day itself until it ends, while there is a place; nobody who waits is passed. For the day's desk and those who receive.
    #[graphql(complexity = "30 + child_complexity")]
    async fn register_walk_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who and where.")] input: RegisterWalkInInput,
    ) -> Result<BookingResult, ApiError> {
        booking::book::walk_in(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Marks somebody as there; also somebody who was marked as not come and is late, while there is a place, or was asked to a new time
    /// (`MOVE_PROPOSED`): who comes has accepted it. For the day's desk and those who
    /// receive, never for oneself.
    #[graphql(complexity = "20 + child_complexity")]
    async fn check_in_booking(&self, ctx: &Context<'_>, #[graphql(desc = "Who.")] input: CheckInBookingInput) -> Result<BookingResult, ApiError> {
        booking::mark::checked_in(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Marks somebody as not come, once the slot has begun. It costs them nothing. For the day's desk and those who receive, never for oneself.
    #[graphql(complexity = "20 + child_complexity")]
    async fn mark_no_show(&self, ctx: &Context<'_>, #[graphql(desc = "Who.")] input: MarkNoShowInput) -> Result<BookingResult, ApiError> {
        booking::mark::no_show(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Marks somebody as gone before being received. For the day's desk and those who receive, never for oneself.
    #[graphql(complexity = "20 + child_complexity")]
    async fn mark_left(&self, ctx: &Context<'_>, #[graphql(desc = "Who.")] input: MarkLeftInput) -> Result<BookingResult, ApiError> {
        booking::mark::left(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Records what came of a visit: answered on the spot, or handed over to a unit, which replies within 3 working days. For the day's desk and
    /// those who receive, never for oneself; handing over is the desk's.
    #[graphql(complexity = "40 + child_complexity")]
    async fn record_reception(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What came of it.")] input: RecordReceptionInput,
    ) -> Result<BookingResult, ApiError> {
        record::serve(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Answers a record that a unit has or has returned; the person is told. For the day's desk.
    #[graphql(complexity = "30 + child_complexity")]
    async fn answer_reception(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The answer.")] input: AnswerReceptionInput,
    ) -> Result<ReceptionRecordResult, ApiError> {
        record::answer(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Says what one thinks of how one was received, 1 to 5, once. For the person who was received.
    #[graphql(complexity = "20 + child_complexity")]
    async fn rate_reception(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rating.")] input: RateReceptionInput,
    ) -> Result<ReceptionRecordResult, ApiError> {
        record::rate(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Raises what of a record concerns others too as a topic of the person who was received; linked in `lineage`. Once a record. For the person,
    /// the day's desk and those who receive.
    #[graphql(complexity = "40 + child_complexity")]
    async fn raise_reception_topic(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The topic.")] input: RaiseReceptionTopicInput,
    ) -> Result<ReceptionRecordResult, ApiError> {
        record::to_topic(ctx.data_unchecked::<Cx>(), input).await
    }
}
