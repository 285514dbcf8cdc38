//! Anyone checks a certificate by its counts.
use serde_json::{Value, json};
use shangyi_tests::{TestApp, on_both_columns};

const CHECK: &str = "query($counts: [PartyCountsInput!]!, $threshold: ConsensusThresholdInput) {
    verifyCertificate(counts: $counts, threshold: $threshold) { certified figure counts { party } formula threshold { numerator denominator } hash } }";

/// Parties as (name, agree, disagree, pass).
fn counts(given: &[(&str, i64, i64, i64)]) -> Value {
    given.iter().map(|(party, agree, disagree, pass)| json!({ "party": party, "agree": agree, "disagree": disagree, "pass": pass })).collect()
}

async fn check(app: &TestApp, given: &[(&str, i64, i64, i64)]) -> Value {
    app.nobody().ok(CHECK, json!({ "counts": counts(given) })).await["verifyCertificate"].clone()
}

on_both_columns! {
    async fn anyone_recomputes_a_certificate_from_its_counts(app) {
        let divided = check(&app, &[("MEMBER", 8, 1, 1), ("RESIDENT", 5, 0, 1), ("STAKEHOLDER", 1, 2, 0)]).await;
        assert_eq!((&divided["certified"], &divided["figure"]), (&json!(false), &json!(0.4091)));
        let agreed = check(&app, &[("MEMBER", 8, 1, 1), ("RESIDENT", 5, 0, 1), ("STAKEHOLDER", 3, 0, 0)]).await;
        assert_eq!((&agreed["certified"], &agreed["figure"], &agreed["formula"]), (&json!(true), &json!(0.7197), &json!("shangyi-consensus-1")));
        assert_eq!(agreed["threshold"], json!({ "numerator": 3, "denominator": 5 }));
        let turned = check(&app, &[("STAKEHOLDER", 3, 0, 0), ("MEMBER", 8, 1, 1), ("RESIDENT", 5, 0, 1)]).await;
        assert_eq!(turned["hash"], agreed["hash"]);
        let small = check(&app, &[("MEMBER", 8, 1, 1), ("RESIDENT", 5, 0, 1), ("STAKEHOLDER", 3, 0, 0), ("EXPERT", 0, 2, 0)]).await;
        assert_eq!((&small["hash"], small["counts"].as_array().unwrap().len()), (&agreed["hash"], 3), "who is fewer than three is not shown");
        let one = check(&app, &[("MEMBER", 1, 0, 0)]).await;
        assert_eq!((&one["certified"], &one["figure"]), (&json!(false), &json!(null)));
        let none = check(&app, &[]).await;
        assert_eq!(none["certified"], false);
    }

    async fn a_stricter_threshold_certifies_less(app) {
        let given = counts(&[("MEMBER", 3, 0, 0), ("RESIDENT", 3, 0, 0)]);
        for (numerator, denominator, certified) in [(3, 5, true), (35, 48, true), (36, 48, false)] {
            let variables = json!({ "counts": given, "threshold": { "numerator": numerator, "denominator": denominator } });
            let check = app.nobody().ok(CHECK, variables).await["verifyCertificate"].clone();
            assert_eq!(check["certified"], certified, "{numerator}/{denominator}");
        }
    }

    async fn what_are_no_counts_is_said(app) {
        let wrong = [counts(&[("MEMBER", -1, 0, 0)]), counts(&[("OBSERVER", 5, 0, 0)]), counts(&[("MEMBER", 1, 0, 0), ("MEMBER", 1, 0, 0)])];
        for counts in wrong {
            app.nobody().expect_error(CHECK, json!({ "counts": counts }), "BAD_INPUT").await;
        }
        let variables = json!({ "counts": [], "threshold": { "numerator": 6, "denominator": 5 } });
        app.nobody().expect_error(CHECK, variables, "BAD_INPUT").await;
    }
}
