//! The database, one change a file: the only truth about its shape. A file that has landed is never edited.
//!
//! Both databases get the same tables and the same named rules. Times are integer microseconds since 1970 (UTC);
//! ids are UUIDs; every rule has a name, which `kernel::errors` reads back as the reason of a refusal.
#![allow(missing_docs, reason = "a migration's type says nothing that its file does not")]

pub use sea_orm_migration::prelude::*;

mod ddl;
mod m20261122_000001_people;
mod m20261122_000002_places;
mod m20261122_000003_organisations;
mod m20261122_000004_topics;
mod m20261122_000005_delivery;
mod m20261125_000006_calendar;
mod m20261125_000007_studios;
mod m20261125_000008_duty;
mod m20261125_000009_check_ins;
mod m20261125_000010_clusters;
mod m20261125_000011_campaigns;
mod m20261125_000012_hand_overs;
mod m20261125_000013_outcomes;
mod m20261125_000014_terms;
mod m20261125_000015_receptions;
mod m20261125_000016_reception_records;
mod m20261125_000017_receivers_reminded;
mod m20261128_000018_programmes;
mod m20261128_000019_plans;
mod m20261128_000020_sittings;
mod m20261128_000021_people;
mod m20261128_000022_voices;
mod m20261128_000023_minutes;

/// Runs the changes in order; `shangyi migrate` also keeps two starting processes out of each other's way.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_people::Migration),
            Box::new(m20261122_000002_places::Migration),
            Box::new(m20261122_000003_organisations::Migration),
            Box::new(m20261122_000004_topics::Migration),
            Box::new(m20261122_000005_delivery::Migration),
            Box::new(m20261125_000006_calendar::Migration),
            Box::new(m20261125_000007_studios::Migration),
            Box::new(m20261125_000008_duty::Migration),
            Box::new(m20261125_000009_check_ins::Migration),
            Box::new(m20261125_000010_clusters::Migration),
            Box::new(m20261125_000011_campaigns::Migration),
            Box::new(m20261125_000012_hand_overs::Migration),
            Box::new(m20261125_000013_outcomes::Migration),
            Box::new(m20261125_000014_terms::Migration),
            Box::new(m20261125_000015_receptions::Migration),
            Box::new(m20261125_000016_reception_records::Migration),
            Box::new(m20261125_000017_receivers_reminded::Migration),
            Box::new(m20261128_000018_programmes::Migration),
            Box::new(m20261128_000019_plans::Migration),
            Box::new(m20261128_000020_sittings::Migration),
            Box::new(m20261128_000021_people::Migration),
            Box::new(m20261128_000022_voices::Migration),
            Box::new(m20261128_000023_minutes::Migration),
        ]
    }
}
