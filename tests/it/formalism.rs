//! No fingertip formalism (指尖上的形式主义): nothing ranks members, counts online time or logins, keeps a person's position, or
//! demands a photo. A test, so that nobody adds one by the way.
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use shangyi_tests::{Column, TestApp};

/// Words that name what must not be there.
const RANKING: [&str; 9] = ["rank", "ranking", "leaderboard", "topmembers", "league", "standings", "stars", "badge", "streak"];
const PRESENCE: [&str; 8] = ["onlinetime", "onlineseconds", "logincount", "logins", "lastseen", "lastlogin", "activeminutes", "dailyactive"];
const POSITION: [&str; 8] = ["latitude", "longitude", "position", "location", "gps", "geohash", "coordinates", "whereabouts"];
const PHOTO: [&str; 5] = ["photo", "picture", "image", "selfie", "facescan"];

/// What has such a name and may: the circle around a venue, which is a room's and not a person's; what those who asked think
/// of a unit's reply, and those who were received of their visit, which is said of no person.
const MAY: [&str; 2] = ["Fence.latitude", "Fence.longitude"];
const MAY_BE_STORED: [&str; 5] =
    ["venues.latitude", "venues.longitude", "hand_over_ratings.stars", "reception_ratings.stars", "consultation_evaluation_answers.stars"];

fn says(name: &str, words: &[&str]) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphabetic).map(|letter| letter.to_ascii_lowercase()).collect();
    words.iter().any(|word| plain == *word || plain.contains(word) && word.len() > 5 || plain.starts_with(word) || plain.ends_with(word))
}

/// Every field and argument of the schema as `Type.field`, whether it is an input, and whether it must be given.
fn schema() -> Vec<(String, String, bool, bool)> {
    let mut all = Vec::new();
    for definition in async_graphql::parser::parse_schema(shangyi::graphql::sdl()).unwrap().definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let name = definition.node.name.node.to_string();
        match definition.node.kind {
            TypeKind::Object(object) => {
                for field in object.fields {
                    all.push((name.clone(), field.node.name.node.to_string(), false, false));
                    for argument in field.node.arguments {
                        all.push((
                            format!("{name}.{}", field.node.name.node),
                            argument.node.name.node.to_string(),
                            true,
                            !argument.node.ty.node.nullable,
                        ));
                    }
                }
            }
            TypeKind::InputObject(input) => {
                all.extend(
                    input.fields.into_iter().map(|field| (name.clone(), field.node.name.node.to_string(), true, !field.node.ty.node.nullable)),
                );
            }
            TypeKind::Enum(values) => {
                all.extend(values.values.into_iter().map(|value| (name.clone(), value.node.value.node.to_string(), false, false)))
            }
            _ => {}
        }
    }
    all
}

#[test]
fn the_words_find_what_they_name_and_spare_what_they_do_not() {
    for (name, words, found) in [
        ("memberRanking", &RANKING[..], true),
        ("rankOf", &RANKING, true),
        ("loginCount", &PRESENCE, true),
        ("onlineTimeSeconds", &PRESENCE, true),
        ("lastLocation", &POSITION, true),
        ("photo", &PHOTO, true),
        ("photoUrl", &PHOTO, true),
        ("standing", &RANKING, false),
        ("startedAt", &RANKING, false),
        ("insideFence", &POSITION, false),
    ] {
        assert_eq!(says(name, words), found, "{name}");
    }
}

#[test]
fn no_output_ranks_counts_presence_or_tells_where_somebody_is_and_no_input_demands_a_photo() {
    for (kind, field, input, demanded) in schema() {
        let place = format!("{kind}.{field}");
        if input {
            assert!(!(demanded && says(&field, &PHOTO)), "{place} demands a photo: evidence may always be text alone");
            assert!(
                !(demanded && says(&field, &POSITION) && !kind.contains("Position") && !kind.contains("Fence") && !kind.contains("Near")),
                "{place} demands a position"
            );
        } else if !MAY.contains(&place.as_str()) {
            for words in [&RANKING[..], &PRESENCE, &POSITION] {
                assert!(!says(&field, words), "{place}: see the domain, rule 3");
            }
        }
    }
    // A position may be offered with a check-in, and is never needed.
    let offered: Vec<_> = schema().into_iter().filter(|(_, field, input, _)| *input && field == "position").collect();
    assert!(!offered.is_empty() && offered.iter().all(|(.., demanded)| !demanded), "{offered:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_column_keeps_a_ranking_a_presence_or_a_position() {
    let app = TestApp::start(Column::Served).await;
    let columns = app.sql("SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'").await;
    assert!(columns.len() > 100);
    for column in columns.iter().filter(|column| !MAY_BE_STORED.contains(&column.as_str())) {
        let name = column.split_once('.').unwrap().1;
        for words in [&RANKING[..], &PRESENCE, &POSITION, &PHOTO] {
            assert!(!says(name, words), "{column}: see the domain, rule 3");
        }
    }
}
