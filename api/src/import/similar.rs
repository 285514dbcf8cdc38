//! How good `similarTopics` is: messages brought into a database of their own, each labelled one asked about as if it were being
//! written, and what is offered compared with the labels.
use crate::app::App;
use crate::kernel::cx::Who;
use crate::kernel::keys::{self, Keys};
use crate::kernel::{ApiError, Clock, Cx, Locale, OrInternal};
use crate::settings::Settings;
use crate::topics::words::measure::{Figures, Labels, Scored, measure};
use crate::topics::words::{alike_to, count_terms, write_missing};
use crate::topics::{Imported, bring_in};
use crate::{operate, organisation};
use sea_orm::ConnectionTrait;
use serde::Deserialize;
use shangyi_entities::{Timestamp, TopicId, division};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

#[derive(Deserialize)]
struct Message {
    id: i64,
    title: String,
    content: String,
}

#[derive(Deserialize)]
struct Label {
    id: i64,
    cluster: Option<String>,
    kind: String,
}

/// One division holds everything: what is measured is what the texts say.
const DIVISION: &str = "99";
const BATCH: usize = 200;

/// Measures, and gives the table to print.
pub async fn run(messages: &Path, labels: &Path) -> Result<String, String> {
    let folder = std::env::temp_dir().join(format!("shangyi-measure-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let done = measured(&folder, messages, labels).await;
    // Whatever came of it, nothing of the messages stays behind.
    let _ = std::fs::remove_dir_all(&folder);
    done
}

async fn measured(folder: &Path, messages: &Path, labels: &Path) -> Result<String, String> {
    let (messages, labels): (Vec<Message>, Vec<Label>) = (read(messages)?, read(labels)?);
    let app = building(folder).await?;
    let in_english = |error: ApiError| error.text(Locale::En);
    let ids = load(&app, &messages).await?;
    while write_missing(&app).await.map_err(in_english)? {}
    while count_terms(&app).await.map_err(in_english)? {}
    let cx = Cx::new(app.clone(), Who::Nobody, Locale::En, None, "measure".to_owned());
    let texts: HashMap<i64, &Message> = messages.iter().map(|message| (message.id, message)).collect();
    let topics: HashMap<i64, TopicId> = messages.iter().map(|message| message.id).zip(ids.iter().copied()).collect();
    let numbers: HashMap<TopicId, i64> = topics.iter().map(|(number, topic)| (*topic, *number)).collect();
    let mut found: HashMap<i64, Vec<Scored>> = HashMap::new();
    for label in &labels {
        let Some(message) = texts.get(&label.id) else { return Err(format!("message {} has a label and no text", label.id)) };
        let offered = alike_to(&cx, None, &message.title, &message.content, topics.get(&label.id).copied()).await.map_err(in_english)?;
        let scored = offered.iter().filter_map(|one| Some(Scored { topic: *numbers.get(&one.row.id)?, score: one.alike.score }));
        found.insert(label.id, scored.collect());
    }
    let figures = measure(&labelled(&labels), |topic| found.get(&topic).cloned().unwrap_or_default());
    app.db.writer().close_by_ref().await.internal("closing").map_err(in_english)?;
    Ok(table(&figures, messages.len()))
}

fn read<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<Vec<T>, String> {
    let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut rows = Vec::new();
    for (number, line) in (1_u64..).zip(BufReader::new(file).lines()) {
        let line = line.map_err(|error| format!("{}:{number}: {error}", path.display()))?;
        if !line.trim().is_empty() {
            rows.push(
                serde_json::from_str(&line)
                    .map_err(|_| format!("{}:{number}: not a line of the shape docs/similar-topics.md says", path.display()))?,
            );
        }
    }
    Ok(rows)
}

async fn building(folder: &Path) -> Result<App, String> {
    let path = |name: &str| folder.join(name).display().to_string();
    let given = [("DATABASE_URL", format!("sqlite:{}", path("measure.db"))), ("KEYS_FILE", path("keys.toml")), ("METRICS_LISTEN", String::new())];
    let settings = Settings::read(given.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())?;
    keys::create(&settings.keys_file)?;
    let keys = Keys::load(&settings.keys_file)?;
    let app = App::open(settings, keys, Clock::System).await?;
    operate::migrate(&app).await?;
    // Nothing of it is kept: it need not survive a power cut.
    app.db.writer().execute_unprepared("PRAGMA synchronous = OFF").await.map_err(|_| "the database cannot be written".to_owned())?;
    Ok(app)
}

/// Brings the messages in as public topics; gives their ids in the order of the messages.
async fn load(app: &App, messages: &[Message]) -> Result<Vec<TopicId>, String> {
    let row = |message: &Message| Imported {
        from: format!("measure:{}", message.id),
        division_code: DIVISION.to_owned(),
        committee: None,
        title: message.title.trim().to_owned(),
        text: message.content.trim().to_owned(),
        // One microsecond after another: the order of the ids is that of the file.
        at: Timestamp(1_500_000_000_000_000 + message.id),
        support: 0,
        answer: None,
    };
    let rows: Vec<Imported> = messages.iter().map(row).collect();
    let rows = &rows;
    app.db
        .write_plain(|tx| async move {
            let place = division::Model { code: DIVISION.to_owned(), name: "全部".to_owned(), level: 1, parent_code: None };
            organisation::add_division(&tx, place).await?;
            for batch in rows.chunks(BATCH) {
                bring_in(&tx, batch).await?;
            }
            Ok(())
        })
        .await
        .map_err(|error| error.text(Locale::En))?;
    Ok(rows.iter().map(Imported::id).collect())
}

fn labelled(labels: &[Label]) -> Labels {
    let mut clusters: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for label in labels.iter().filter(|label| label.kind == "positive") {
        if let Some(cluster) = &label.cluster {
            clusters.entry(cluster.clone()).or_default().push(label.id);
        }
    }
    let hard = labels.iter().filter(|label| label.kind == "hard_negative_singleton").map(|label| label.id).collect();
    Labels { clusters, hard }
}

fn table(figures: &Figures, messages: usize) -> String {
    let mut text = format!("{messages} messages; {} clusters of two and more\n\n", figures.clusters.len());
    let _ =
        writeln!(text, "{:<28} {:>4} {:>9} {:>9} {:>9} {:>9} {:>12}", "cluster", "n", "recall@5", "threshold", "precision", "recall", "of labelled");
    for one in &figures.clusters {
        let _ = writeln!(
            text,
            "{:<28} {:>4} {:>9.4} {:>9.3} {:>9.4} {:>9.4} {:>12.4}",
            one.cluster, one.topics, one.recall_of_five, one.threshold, one.precision, one.recall, one.precision_of_labelled
        );
    }
    let _ = writeln!(
        text,
        "{:<28} {:>4} {:>9.4} {:>9} {:>9.4} {:>9.4} {:>12.4}",
        "average", "", figures.recall_of_five, "", figures.precision, figures.recall, figures.precision_of_labelled
    );
    let _ = write!(
        text,
        "\nthreshold chosen on all clusters: {:.3}; hard negatives with a suggestion: {}, suggested: {}",
        figures.threshold, figures.hard_with_suggestions, figures.hard_suggested
    );
    text
}
