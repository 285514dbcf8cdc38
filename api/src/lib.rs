//! Shangyi (商议, "to consult together"): the backend of a consultative committee's duty-performance app.
//!
//! A room is a folder and always has the same furniture: `mod.rs` (what it is for, and thin GraphQL roots), one file a
//! verb, pure noun files, `model.rs` (GraphQL types), `store.rs` (the only file that names the room's tables). From a
//! request to its SQL it is two hops: root field → verb → store.
// The merged roots nest one future a room; an optimised build looks deeper than the 128 the compiler allows by itself.
#![recursion_limit = "256"]

/// What the building provides to every room.
pub mod app;
/// Who did what to which thing: the append-only trail.
pub mod audit;
/// Signing in by phone, sessions, one's own data and its erasure.
pub mod auth;
/// Time that people and rooms spend: occasions, working days, deadlines, roster rules.
pub mod calendar;
/// What a committee asks its residents about, where and how long.
pub mod campaigns;
/// Checking in and out of studios, also without network, and what follows from it.
pub mod check_ins;
/// Micro-consultations: the programmes they are held under, and what a small group agrees on.
pub mod consultations;
/// The demo: a small committee of the project's own making.
pub mod demo;
/// Duty rosters: planned, published, swapped, declined.
pub mod duty;
/// Calendar feeds: one's own duties, receptions and visits for any calendar.
pub mod feeds;
/// The schema: every room's roots, the `Node` and `Refusal` lists.
pub mod graphql;
/// What a desk gives to a unit to handle, and what comes back.
pub mod handovers;
/// The wire: GraphQL over HTTP, health, metrics, limits above execution.
pub mod http;
/// Bringing in divisions, members and topics from files.
pub mod import;
/// What every room needs and nothing else.
pub mod kernel;
/// From anything to what it came from and what became of it.
pub mod lineage;
/// Sessions, rate limits and short counts: in this process or in Redis.
pub mod live;
/// The outbox, its worker, the inbox and the channels to people's phones.
pub mod notices;
/// The desk's week, gathered from the rooms that know it.
pub mod office;
/// What an operator does from the command line.
pub mod operate;
/// Divisions, places, committees, their organisations, members, venues and appointments.
pub mod organisation;
/// Reception days: members receive residents; places booked, waited for, offered, kept.
pub mod receptions;
/// Every setting, its default and its meaning.
pub mod settings;
/// Member studios: their members, codes and screens.
pub mod studios;
/// Public suggestions: raised, looked at, backed, answered, told.
pub mod topics;
