//! How many check-ins a second the program takes, beside pgbench running the same statements: alternating rounds on one
//! private PostgreSQL, medians. `bench/check-in` runs it.
// The merged roots nest one future a room; an optimised build looks deeper than the 128 the compiler allows by itself.
#![recursion_limit = "256"]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs, reason = "a command of the bench")]

use serde_json::json;
use shangyi_tests::{Column, Program, TestApp, new_request};
use std::path::Path;
use std::process::Command;

const ROUNDS: usize = 5;
/// Members of one round; a round ends when all of them have checked in, or after its seconds.
const CROWD: usize = 5000;
const SECONDS: &str = "3";
const CONNECTIONS: &str = "16";

/// Every request another member's, each with a request id of its own.
const LUA: &str = r#"
local tokens = {}
for line in io.lines("TOKENS") do tokens[#tokens + 1] = line end
local n, refused = 0, 0
function request()
  n = n + 1
  if n > #tokens then wrk.thread:stop() n = #tokens end
  local id = string.format("%08x-0000-4000-8000-%012x", ROUND, n)
  local body = '{"query":"mutation($input: CheckInInput!) { checkIn(input: $input) { ... on CheckInPayload { replayed visit { id endsBy } } ... on CheckInRefused { code } } }","variables":{"input":{"requestId":"' .. id .. '","studioId":"STUDIO","by":{"code":"CODE"},"clock":{"deviceTime":"2026-01-01T00:00:00Z","bootId":"b","elapsedMs":1}}}}'
  return wrk.format("POST", "/graphql", { ["content-type"] = "application/json", authorization = "Bearer " .. tokens[n] }, body)
end
function response(status, headers, body) if not string.find(body, '"replayed":false', 1, true) then refused = refused + 1 end end
function done(summary, latency, requests)
  print("DONE " .. summary.requests .. " " .. summary.duration .. " " .. latency:percentile(50) .. " " .. latency:percentile(99))
end
"#;

/// What one check-in asks of the database, statement by statement, on a member of its own.
const SQL: &str = r"
\set n random(1, ROWS)
\set at 1790000000000000 + :client_id * 1000000000 + :n
SELECT v.committee_id, v.division_code, v.kind, v.closed_at, v.latitude, v.longitude, v.radius_metres, v.datum,
       s.version AS secret_version, s.secret_enc, s.from_at AS secret_from, s.made_by AS secret_by,
       m.id AS member_id, m.account_id, m.from_at AS member_from, m.until_at AS member_until,
       f.id AS earlier_id, f.account_id AS earlier_account, f.at AS earlier_at, f.input_hash AS earlier_hash
  FROM venues v
  LEFT JOIN studio_secrets s ON s.venue_id = v.id AND s.version = (SELECT max(x.version) FROM studio_secrets x WHERE x.venue_id = v.id)
  LEFT JOIN members m ON m.account_id = (SELECT account_id FROM bench_members WHERE n = CAST(:n AS bigint)) AND (m.committee_id = v.committee_id OR EXISTS (
      SELECT 1 FROM assignments a JOIN organisations o ON o.id = a.organisation_id
       WHERE a.member_id = m.id AND o.committee_id = v.committee_id AND a.from_at <= CAST(:at AS bigint) AND (a.until_at IS NULL OR a.until_at > CAST(:at AS bigint))))
  LEFT JOIN check_in_facts f ON f.entered_by = (SELECT account_id FROM bench_members WHERE n = CAST(:n AS bigint)) AND f.request_id = gen_random_uuid() AND f.part = 0
 WHERE v.id = 'STUDIO_UUID';
BEGIN;
INSERT INTO check_in_facts (id, account_id, member_id, venue_id, what, how, at, recorded_at, entered_by, request_id, part, input_hash, offline, unsure, device, code_step, origin)
  SELECT gen_random_uuid(), account_id, member_id, 'STUDIO_UUID', 'IN', 'CODE', CAST(:at AS bigint), CAST(:at AS bigint), account_id, gen_random_uuid(), 0, '\x00'::bytea, FALSE, FALSE, '\x00'::bytea, 1, '\x00'::bytea
    FROM bench_members WHERE n = CAST(:n AS bigint)
  ON CONFLICT (entered_by, request_id, part) DO NOTHING;
SELECT f.id, f.venue_id, f.member_id, f.what, f.how, f.at, f.offline, f.unsure, f.fence, f.residents, f.matters, c.at AS confirmed_at, o.fact_id IS NOT NULL AS objected,
       EXISTS (SELECT 1 FROM check_in_facts u WHERE u.account_id = f.account_id AND u.of_request = f.request_id AND u.entered_by = f.entered_by AND u.at <= f.at + 1209600000000) AS undone
  FROM check_in_facts f
  LEFT JOIN log_confirmations c ON c.fact_id = f.id
  LEFT JOIN check_in_objections o ON o.fact_id = f.id
 WHERE f.account_id = (SELECT account_id FROM bench_members WHERE n = CAST(:n AS bigint)) AND f.at >= CAST(:at AS bigint) - 43200000000 AND f.at < CAST(:at AS bigint) + 43200000000 AND f.what <> 'UNDO';
SELECT id, venue_id, from_at, until_at FROM duty_slots WHERE account_id = (SELECT account_id FROM bench_members WHERE n = CAST(:n AS bigint))
   AND from_at >= CAST(:at AS bigint) - 43200000000 AND from_at < CAST(:at AS bigint) + 43200000000;
INSERT INTO visits (id, account_id, member_id, venue_id, how, offline, in_at, ends_by, waits, log_asked)
  SELECT gen_random_uuid(), account_id, member_id, 'STUDIO_UUID', 'CODE', FALSE, CAST(:at AS bigint), CAST(:at AS bigint) + 1, FALSE, FALSE FROM bench_members WHERE n = CAST(:n AS bigint)
  ON CONFLICT (id) DO UPDATE SET out_at = excluded.out_at;
INSERT INTO audit (id, at, committee_id, account_id, role, operation, target, digest_after, request_id)
  SELECT gen_random_uuid(), CAST(:at AS bigint), (SELECT committee_id FROM venues WHERE id = 'STUDIO_UUID'), account_id, 'MEMBER', 'checkIn', 'entry', '\x00'::bytea, 'bench' FROM bench_members WHERE n = CAST(:n AS bigint);
COMMIT;
";

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap_or_else(|_| panic!("{program} is needed: see bench/check-in"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{program}: {text} {}", String::from_utf8_lossy(&output.stderr));
    text
}

fn pgbench(app: &TestApp, script: &Path) -> f64 {
    let text = run("pgbench", &["-n", "-M", "prepared", "-c", "4", "-j", "1", "-T", SECONDS, "-f", script.to_str().unwrap(), &app.database_url]);
    let line = text.lines().find(|line| line.starts_with("tps")).expect("tps");
    line.split_whitespace().nth(2).unwrap().parse().unwrap()
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let app = TestApp::start(Column::Served).await;
    let officer = app.officer("听泉街道联络委").await;
    let input = json!({ "requestId": new_request(), "name": "量测工作室", "divisionCode": "990101001001", "address": "某路1号" });
    let studio = officer.mutate("openStudio", input).await.done()["studio"]["id"].as_str().unwrap().to_owned();
    let tokens = app.many_members(CROWD * ROUNDS).await;
    app.execute("CREATE TABLE bench_members AS SELECT row_number() OVER () AS n, account_id, id AS member_id FROM members; CREATE UNIQUE INDEX ON bench_members (n); ANALYZE;")
        .await
        .unwrap();
    let rows = app.count("SELECT count(*) FROM bench_members").await;
    let settings = [
        ("RATE_ACCOUNT", "0"),
        ("RATE_ADDRESS", "0"),
        ("LOG", "warn,shangyi::notices=info,shangyi::operate=info"),
        ("REDIS_PREFIX", app.app.settings.redis_prefix.as_str()),
    ];
    let program = Program::serve(&app, &settings).await;
    let officer = program.sign_in(&app, "13800000011").await;
    let uuid = studio.strip_prefix("venue_").unwrap();
    let script = app.folder().join("check-in.sql");
    std::fs::write(&script, SQL.replace("STUDIO_UUID", uuid).replace("ROWS", &rows.to_string())).unwrap();
    let (mut ours, mut theirs, mut p50, mut p99) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let code = officer.display(&json!(studio)).await["payload"].as_str().unwrap().to_owned();
        let list = app.folder().join("tokens");
        std::fs::write(&list, tokens[round * CROWD..(round + 1) * CROWD].join("\n")).unwrap();
        let lua = app.folder().join("check-in.lua");
        let text =
            LUA.replace("TOKENS", list.to_str().unwrap()).replace("STUDIO", &studio).replace("CODE", &code).replace("ROUND", &round.to_string());
        std::fs::write(&lua, text).unwrap();
        let before = app.count("SELECT count(*) FROM visits").await;
        let text = run("wrk", &["-t", "1", "-c", CONNECTIONS, "-d", &format!("{SECONDS}s"), "-s", lua.to_str().unwrap(), program.url()]);
        let made = app.count("SELECT count(*) FROM visits").await - before;
        let line = text.lines().find(|line| line.starts_with("DONE")).expect(&text).to_owned();
        let numbers: Vec<f64> = line.split_whitespace().skip(1).map(|number| number.parse().unwrap()).collect();
        ours.push(made as f64 / (numbers[1] / 1e6));
        p50.push(numbers[2] / 1e3);
        p99.push(numbers[3] / 1e3);
        theirs.push(pgbench(&app, &script));
        println!("round {}: check-ins {:.0}/s ({made} made, {} answered), pgbench {:.0}/s", round + 1, ours[round], numbers[0], theirs[round]);
    }
    let (ours, theirs) = (median(ours), median(theirs));
    println!(
        "medians: checkIn {ours:.0}/s, p50 {:.1} ms, p99 {:.1} ms; pgbench with the same statements {theirs:.0}/s; share {:.2}",
        median(p50),
        median(p99),
        ours / theirs
    );
}
