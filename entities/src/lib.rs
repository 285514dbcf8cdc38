//! Tables of Shangyi as SeaORM entities: one table a file, columns, typed ids and the words (enums) they may hold.
//!
//! No rules live here. The enums carry their GraphQL names as well, because they are the field's vocabulary and two
//! lists of one vocabulary drift apart; nothing else here knows GraphQL.
#![allow(missing_docs, reason = "the columns are named in migration/, where each table is explained")]
#![allow(clippy::disallowed_methods, reason = "what sea_orm::model writes can begin transactions; nothing here calls it")]

pub mod account;
pub mod announced_day;
pub mod appointment;
pub mod assignment;
pub mod audit;
pub mod booking;
pub mod booking_event;
pub mod calendar_feed;
pub mod caller;
pub mod campaign;
pub mod campaign_division;
pub mod check_in_conflict;
pub mod check_in_fact;
pub mod check_in_objection;
pub mod check_in_settlement;
pub mod code_failure;
pub mod daily_count;
pub mod deadline;
pub mod division;
pub mod duty_leave;
pub mod duty_slot;
pub mod duty_slot_event;
pub mod file_ticket;
pub mod hand_over;
pub mod hand_over_event;
pub mod hand_over_rating;
pub mod ids;
pub mod late_entry;
pub mod log_confirmation;
pub mod member;
pub mod membership;
pub mod merge_proposal;
pub mod merge_proposal_topic;
pub mod merge_reply;
pub mod notice;
pub mod occasion;
pub mod occupancy;
pub mod organisation;
pub mod outbox;
pub mod person_key;
pub mod place;
pub mod reception_day;
pub mod reception_day_event;
pub mod reception_rating;
pub mod reception_receiver;
pub mod reception_record;
pub mod reception_slot;
pub mod reception_topic;
pub mod replay;
pub mod second_look;
pub mod sign_in_code;
pub mod slot_swap;
pub mod studio_device;
pub mod studio_member;
pub mod studio_secret;
pub mod term;
pub mod term_change;
pub mod term_count;
pub mod timestamp;
pub mod topic;
pub mod topic_adoption;
pub mod topic_answer;
pub mod topic_confirmation;
pub mod topic_event;
pub mod topic_flag;
pub mod topic_merge;
pub mod topic_move;
pub mod topic_original;
pub mod topic_support;
pub mod topic_term;
pub mod venue;
pub mod visit;

pub use ids::*;
pub use timestamp::Timestamp;
