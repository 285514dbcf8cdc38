//! Statements, votes and the certificate of a consultation.
use serde_json::{Value, json};
use shangyi_tests::{Person, new_request, on_both_columns};

fn states(consultation: &Value, text: &str) -> Value {
    json!({ "requestId": new_request(), "consultationId": consultation["id"], "text": text })
}

fn votes(statement: &Value, choice: &str) -> Value {
    json!({ "requestId": new_request(), "statementId": statement["id"], "choice": choice })
}

async fn certificate(person: &Person<'_>, consultation: &Value) -> Value {
    let query = "query($id: ID!) { certificate(consultationId: $id) { number certified figure formula hash threshold { numerator denominator } counts { party agree disagree pass } } }";
    person.ok(query, json!({ "id": consultation["id"] })).await["certificate"].clone()
}

on_both_columns! {
    async fn those_who_are_there_vote_and_the_last_vote_counts(app) {
        let consultation = app.in_sitting("夜市").await;
        let sitting = app.nobody().consultation(&consultation).await["sittings"][0].clone();
        let officer = app.fresh_officer().await;
        officer.mutate("addStatement", states(&consultation, "夜市十点半收摊，有事打13812345678")).await.done();
        let statement = officer.conduct(&consultation).await["statements"][0].clone();
        assert_eq!(statement["text"], "夜市十点半收摊，有事打138****5678");
        let looks_on = app.resident(5).await;
        looks_on.mutate("addStatement", states(&consultation, "我也说一句")).await.expect_refusal("NOT_INVITED");
        looks_on.mutate("voteStatement", votes(&statement, "AGREE")).await.expect_refusal("NOT_INVITED");
        // Three stakeholders and three members are there; one of them changes their mind.
        app.resident(4).await.at_the_door(&sitting, &app.fresh_officer().await).await.done();
        for n in [4, 6, 8] {
            let screen = app.fresh_officer().await;
            app.member(n).await.at_the_door(&sitting, &screen).await.done();
        }
        app.forget_codes().await;
        for n in [0, 2, 4] {
            app.resident(n).await.mutate("voteStatement", votes(&statement, "DISAGREE")).await.done();
        }
        app.forget_codes().await;
        for n in [0, 2, 4] {
            app.resident(n).await.mutate("voteStatement", votes(&statement, "AGREE")).await.done();
        }
        app.forget_codes().await;
        for n in [4, 6, 8] {
            app.member(n).await.mutate("voteStatement", votes(&statement, "AGREE")).await.done();
        }
        app.member(8).await.mutate("addStatement", states(&consultation, "增设两处公厕")).await.done();
        let resident = app.resident(0).await;
        let vote = "mutation($input: VoteStatementInput!) { voteStatement(input: $input) { ... on VotePayload { choice } ... on Refusal { code } } }";
        let statements = app.statements(Some(&resident.account_id().await), vote, json!({ "input": votes(&statement, "AGREE") })).await;
        assert_eq!(statements, 8, "who asks, remembered, which, not moving on, who, there, the vote, the trail");
        assert_eq!(resident.conduct(&consultation).await["statements"][0]["myVote"], "AGREE");
        assert_eq!(resident.conduct(&consultation).await["statements"][0]["counts"], json!([]), "totals are public once the minutes are");
        assert_eq!(certificate(&resident, &consultation).await, json!([]));
        let officer = app.fresh_officer().await;
        let all = certificate(&officer, &consultation).await;
        assert_eq!((&all[0]["certified"], &all[0]["counts"][0]["agree"], &all[0]["counts"][1]["agree"]), (&json!(true), &json!(3), &json!(3)));
        // Anyone can recompute it.
        let check = "query($counts: [PartyCountsInput!]!) { verifyCertificate(counts: $counts) { certified hash } }";
        let checked = app.nobody().ok(check, json!({ "counts": all[0]["counts"] })).await["verifyCertificate"].clone();
        assert_eq!((&checked["certified"], &checked["hash"]), (&json!(true), &all[0]["hash"]));
        // Minuted, they are public and closed.
        officer.drafts("draftMinutes", &consultation, json!([])).await.done();
        app.fresh("13800000101").await.sign(&consultation).await.done();
        app.fresh_officer().await.publishes(&consultation).await.done();
        assert_eq!(certificate(&app.nobody(), &consultation).await[0]["certified"], true);
        assert_eq!(app.nobody().conduct(&consultation).await["statements"][1]["counts"], json!([]));
        app.resident(0).await.mutate("voteStatement", votes(&statement, "PASS")).await.expect_refusal("STATE_CHANGED");
        let cause = app.execute("UPDATE consultation_votes SET choice = 'PASS'").await.unwrap_err();
        assert_eq!(shangyi::kernel::errors::rule_of(&cause).as_deref(), Some("append_only"));
    }
}
