use super::Report;
use super::lines::{Line, Lines};
use crate::app::App;
use crate::kernel::cx::Who;
use crate::kernel::{Cx, Locale};
use crate::organisation;
use crate::topics::{Imported, bring_in};
use chrono::{DateTime, FixedOffset, Utc};
use serde::Deserialize;
use shangyi_entities::{OrganisationId, Timestamp};
use std::collections::HashMap;
use std::path::Path;

/// Topics of one transaction.
const BATCH: usize = 250;

#[derive(Deserialize)]
struct Row {
    id: Id,
    title: String,
    content: String,
    time: DateTime<FixedOffset>,
    #[serde(default)]
    up: i64,
    reply: Option<String>,
    reply_time: Option<DateTime<FixedOffset>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Id {
    Number(u64),
    Text(String),
}

/// Where the places that texts name lie.
struct Map {
    /// The longest names first.
    places: Vec<(String, String)>,
    rest: Option<String>,
}

/// Brings messages in as topics, and their replies as answers.
pub async fn run(app: &App, file: &Path, map: &Path, source: &str) -> Result<Report, String> {
    let cx = Cx::new(app.clone(), Who::Nobody, Locale::En, None, "import topics".to_owned());
    let map = read_map(&cx, map).await?;
    let committees = committees(&cx, &map).await?;
    let mut report = Report::default();
    let mut lines = Lines::open(file)?;
    let mut batch: Vec<Imported> = Vec::with_capacity(BATCH);
    while let Some(line) = lines.next().map_err(|error| format!("{}: {error}", file.display()))? {
        report.read += 1;
        let read = match line {
            Line::Text(text) => read(&text, &map, &committees, source, app.clock.now()),
            Line::Bad(reason) => Err(reason),
        };
        match read {
            Ok(topic) => batch.push(topic),
            Err(reason) => report.problem(file, lines.number, reason),
        }
        if batch.len() == BATCH {
            report.changed += flush(app, &mut batch).await?;
        }
    }
    report.changed += flush(app, &mut batch).await?;
    Ok(report)
}

async fn flush(app: &App, batch: &mut Vec<Imported>) -> Result<u64, String> {
    let rows = &*batch;
    let added = app.db.write_plain(|tx| async move { Ok(bring_in(&tx, rows).await?) }).await.map_err(|error| error.text(Locale::En))?;
    batch.clear();
    Ok(added)
}

async fn read_map(cx: &Cx, path: &Path) -> Result<Map, String> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let header = reader.headers().map_err(|_| format!("{}:1: not UTF-8 CSV", path.display()))?;
    if header.iter().map(|name| name.trim_start_matches('\u{feff}')).collect::<Vec<_>>() != ["place", "division"] {
        return Err(format!("{}:1: the header must be place,division", path.display()));
    }
    let mut map = Map { places: Vec::new(), rest: None };
    for (number, record) in (2_u64..).zip(reader.into_records()) {
        let problem = |reason: &str| format!("{}:{number}: {reason}", path.display());
        let record = record.map_err(|_| problem("not a line of two fields"))?;
        let (place, code) = (record[0].to_owned(), record[1].to_owned());
        organisation::require_division(cx, "division", &code).await.map_err(|_| problem("there is no such division"))?;
        match place.as_str() {
            "" => return Err(problem("the place is empty")),
            "*" => map.rest = Some(code),
            _ => map.places.push((place, code)),
        }
    }
    map.places.sort_by_key(|(place, _)| std::cmp::Reverse(place.chars().count()));
    Ok(map)
}

async fn committees(cx: &Cx, map: &Map) -> Result<HashMap<String, OrganisationId>, String> {
    let mut found = HashMap::new();
    for code in map.places.iter().map(|(_, code)| code).chain(&map.rest) {
        if let Some(committee) = organisation::committee_covering(cx, code).await.map_err(|error| error.text(Locale::En))? {
            found.insert(code.clone(), committee);
        }
    }
    Ok(found)
}

impl Map {
    fn division(&self, title: &str, text: &str) -> Option<&str> {
        let named = self.places.iter().find(|(place, _)| title.contains(place.as_str()) || text.contains(place.as_str()));
        named.map(|(_, code)| code.as_str()).or(self.rest.as_deref())
    }
}

fn read(text: &str, map: &Map, committees: &HashMap<String, OrganisationId>, source: &str, now: Timestamp) -> Result<Imported, &'static str> {
    let row: Row = serde_json::from_str(text).map_err(|_| "not a JSON object with id, title, content and time (RFC 3339)")?;
    let id = match row.id {
        Id::Number(number) => number.to_string(),
        Id::Text(text) if !text.trim().is_empty() && text.len() <= 200 => text,
        Id::Text(_) => return Err("the id is empty or longer than 200 bytes"),
    };
    let (title, body) = (row.title.trim(), row.content.trim());
    if [title, body, row.reply.as_deref().unwrap_or_default(), &id].iter().any(|text| text.contains('\0')) {
        return Err("holds a NUL character");
    }
    if title.is_empty() || body.is_empty() {
        return Err("title or content is empty");
    }
    let moment = |at: DateTime<FixedOffset>| Timestamp::from(at.with_timezone(&Utc));
    let at = moment(row.time);
    if at > now {
        return Err("the time lies in the future");
    }
    let answer = match (row.reply.as_deref().map(str::trim), row.reply_time) {
        (Some(reply), Some(given)) if !reply.is_empty() => Some((reply.to_owned(), moment(given))),
        (Some(reply), None) if !reply.is_empty() => return Err("a reply without its time"),
        _ => None,
    };
    if !(0..=1_000_000_000).contains(&row.up) {
        return Err("up is negative or too large");
    }
    if answer.as_ref().is_some_and(|(_, given)| *given < at) {
        return Err("reply_time lies before time");
    }
    let division = map.division(title, body).ok_or("names no place of the map, and the map has no line *")?;
    Ok(Imported {
        from: format!("{source}:{id}"),
        division_code: division.to_owned(),
        committee: committees.get(division).copied(),
        title: title.to_owned(),
        text: body.to_owned(),
        at,
        support: row.up,
        answer,
    })
}
