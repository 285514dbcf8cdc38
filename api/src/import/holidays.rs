//! A year's holidays and make-up workdays, as the State Council announced them: CSV with the header `day,kind,name`.
use super::Report;
use super::lines::{Line, Lines};
use crate::app::App;
use crate::calendar::{self, working_days};
use crate::kernel::Locale;
use chrono::{Datelike, NaiveDate};
use shangyi_entities::announced_day::DayKind;
use std::collections::BTreeSet;
use std::path::Path;

/// Brings the file in. A year with a bad line is left as it is: half a year of holidays is worse than none.
pub async fn run(app: &App, file: &Path) -> Result<Report, String> {
    let mut lines = Lines::open(file)?;
    let (mut report, mut days, mut bad_years) = (Report::default(), Vec::<(NaiveDate, DayKind, String)>::new(), BTreeSet::new());
    let (mut seen, mut of_any_year) = (BTreeSet::new(), false);
    while let Some(line) = lines.next()? {
        let text = match line {
            Line::Text(text) if lines.number == 1 => {
                if text != "day,kind,name" {
                    return Err(format!("{}: the first line must be day,kind,name", file.display()));
                }
                continue;
            }
            Line::Text(text) => text,
            Line::Bad(reason) => {
                report.problem(file, lines.number, reason);
                of_any_year = true;
                continue;
            }
        };
        report.read += 1;
        let read = working_days::read_line(&text).and_then(|day| if seen.insert(day.0) { Ok(day) } else { Err("day: comes twice") });
        match read {
            Ok(day) => days.push(day),
            Err(reason) => {
                report.problem(file, lines.number, reason);
                match text.get(..4).and_then(|year| year.parse::<i32>().ok()) {
                    Some(year) => drop(bad_years.insert(year)),
                    None => of_any_year = true,
                }
            }
        }
    }
    // A line whose year cannot be read may belong to any.
    if of_any_year {
        days.clear();
    }
    days.retain(|day| !bad_years.contains(&day.0.year()));
    let days = &days;
    let announced = app.db.write_plain(|tx| async move { Ok(calendar::announce(&tx, days).await?) }).await.map_err(|error| error.text(Locale::En))?;
    report.changed = announced.changed;
    for moved in announced.moved {
        let day = |at| crate::kernel::clock::local_day(shangyi_entities::Timestamp(at - 1));
        report.notes.push(format!("{:?} {}: due at the end of {} instead of {}", moved.kind, moved.subject, day(moved.now.0), day(moved.before.0)));
    }
    Ok(report)
}
