use super::Report;
use super::lines::{Line, Lines};
use crate::app::App;
use crate::kernel::{ApiError, Locale};
use crate::organisation;
use serde::Deserialize;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// The files by level, the parents first.
const FILES: [(&str, usize); 5] = [("provinces", 2), ("cities", 4), ("areas", 6), ("streets", 9), ("villages", 12)];
/// Rows of one transaction.
const BATCH: usize = 2_000;

#[derive(Deserialize)]
struct Row {
    code: String,
    name: String,
    #[serde(rename = "provinceCode")]
    province: Option<String>,
    #[serde(rename = "cityCode")]
    city: Option<String>,
    #[serde(rename = "areaCode")]
    area: Option<String>,
    #[serde(rename = "streetCode")]
    street: Option<String>,
}

/// Brings the five files of a folder in.
pub async fn run(app: &App, dir: &Path) -> Result<Report, String> {
    let mut report = Report::default();
    // Parents that exist: a line whose parent is bad is bad itself, and the lines after it are not.
    let mut known: HashSet<String> = organisation::codes_above_villages(app.db.read()).await.map_err(say)?.into_iter().collect();
    for (level, (name, length)) in (1..).zip(FILES) {
        let path = file_of(dir, name)?;
        let mut lines = Lines::open(&path)?;
        let mut batch: Vec<(String, String)> = Vec::with_capacity(BATCH);
        let mut in_batch = HashSet::with_capacity(BATCH);
        while let Some(line) = lines.next().map_err(|error| format!("{}: {error}", path.display()))? {
            report.read += 1;
            let read = match line {
                Line::Text(text) => read(&text, length, &known),
                Line::Bad(reason) => Err(reason),
            };
            match read {
                Ok((code, name)) => {
                    if level < 5 {
                        known.insert(code.clone());
                    }
                    // One statement cannot change one row twice.
                    if batch.len() == BATCH || in_batch.contains(&code) {
                        flush(app, level, &mut batch, &mut in_batch, &mut report).await?;
                    }
                    in_batch.insert(code.clone());
                    batch.push((code, name));
                }
                Err(reason) => report.problem(&path, lines.number, reason),
            }
        }
        flush(app, level, &mut batch, &mut in_batch, &mut report).await?;
    }
    Ok(report)
}

async fn flush(app: &App, level: i64, batch: &mut Vec<(String, String)>, in_batch: &mut HashSet<String>, report: &mut Report) -> Result<(), String> {
    let rows = &*batch;
    report.changed += app.db.write_plain(|tx| async move { Ok(organisation::put_divisions(&tx, level, rows).await?) }).await.map_err(say)?;
    batch.clear();
    in_batch.clear();
    Ok(())
}

fn say(error: ApiError) -> String {
    error.text(Locale::En)
}

fn file_of(dir: &Path, name: &str) -> Result<PathBuf, String> {
    let candidates = [dir.join(format!("{name}.jsonl")), dir.join(format!("{name}.jsonl.gz"))];
    candidates.into_iter().find(|path| path.exists()).ok_or_else(|| format!("{}: there is no {name}.jsonl or {name}.jsonl.gz", dir.display()))
}

fn read(text: &str, length: usize, known: &HashSet<String>) -> Result<(String, String), &'static str> {
    let row: Row = serde_json::from_str(text).map_err(|_| "not a JSON object with code and name")?;
    if row.code.len() != length || !row.code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("the code has the wrong number of digits for this file");
    }
    let name = row.name.trim();
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err("the name is empty, longer than 100 characters, or holds a control character");
    }
    for (parent, digits) in [(&row.province, 2), (&row.city, 4), (&row.area, 6), (&row.street, 9)] {
        if parent.as_ref().is_some_and(|parent| parent.len() != digits || !row.code.starts_with(parent.as_str())) {
            return Err("the code does not begin with its parent's");
        }
    }
    let parent = [9, 6, 4, 2].into_iter().find(|digits| *digits < length).and_then(|digits| row.code.get(..digits));
    if parent.is_some_and(|parent| !known.contains(parent)) {
        return Err("the division above it is not known");
    }
    Ok((row.code, name.to_owned()))
}
