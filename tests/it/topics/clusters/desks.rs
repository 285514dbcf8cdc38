//! Which desk merges what: chains, townships, one's own, twice, at once.
use super::*;
use futures_util::future::join_all;
use shangyi_tests::Column;

on_both_columns! {
    async fn chains_and_cycles_are_impossible_and_what_is_merged_comes_along(app) {
        let officer = app.officer(SPRING).await;
        let (mut authors, mut topics) = (Vec::new(), Vec::new());
        for (n, title) in ["甲", "乙", "丙", "丁"].into_iter().enumerate() {
            authors.push(app.resident(n).await);
            topics.push(accepted(&authors[n], &officer, title).await);
        }
        let [a, b, c, d]: [Value; 4] = topics.try_into().unwrap();
        let now = merge(&officer, &a, &[&b]).await;
        let merged = officer.topic(&b["id"]).await;
        for into_merged in [merging(&merged, &[&c]), merging(&merged, &[&a])] {
            assert_eq!(officer.mutate("mergeTopics", into_merged).await.expect_refusal("MERGED_ELSEWHERE")["canonicalId"], a["id"]);
        }
        assert_eq!(officer.mutate("mergeTopics", merging(&c, &[&b])).await.expect_refusal("NOT_MERGEABLE")["topicId"], b["id"]);
        for nonsense in [merging(&now, &[&a]), merging(&now, &[]), merging(&now, &[&c, &a])] {
            officer.mutate_error("mergeTopics", nonsense, "BAD_INPUT").await;
        }
        officer.mutate("mergeTopics", merging(&a, &[&c])).await.expect_refusal("STATE_CHANGED");
        let whole = merge(&officer, &c, &[&a]).await;
        assert_eq!((&whole["mergedCount"], feed(&app).await), (&json!(2), vec![d["id"].clone(), c["id"].clone()]));
        for topic in [&a, &b] {
            let seen = officer.topic(&topic["id"]).await;
            assert_eq!((&seen["canonical"]["id"], &seen["mergedCount"]), (&c["id"], &json!(0)));
        }
        let log = json!({ "merges": [{ "canonical": { "id": a["id"] }, "endedReason": "同一件事" }, { "canonical": { "id": c["id"] }, "endedReason": null }] });
        assert_eq!(read(&app.nobody(), &b, "merges { canonical { id } endedReason }").await, log);
        counts_equal_facts(&app).await;
        officer.answer(&whole, "都办好了").await;
        app.deliver().await;
        for (author, merges, answers) in [(&authors[0], 1, 1), (&authors[1], 2, 1), (&authors[2], 0, 1), (&authors[3], 0, 0)] {
            assert_eq!((told(author, "TOPIC_MERGED").await, told(author, "TOPIC_ANSWERED").await), (merges, answers));
        }
        for (topic, to) in [("丁", "甲"), ("丙", "丁"), ("丙", "甲"), ("丁", "丁")] {
            let error = point(&app, topic, to).await.unwrap_err();
            assert!(error.contains("no_chains"), "{topic} to {to}: {error}");
        }
        point(&app, "丁", "丙").await.unwrap(); // What is no chain is let through.
    }

    // The negative control: without the rules, chains come about and counts go wrong; and both are seen.
    async fn without_the_rules_chains_and_wrong_counts_would_come_about(app) {
        app.execute(match app.column {
            Column::Served => "DROP TRIGGER topic_merged ON topics; DROP TRIGGER topic_support_given ON topic_supports",
            Column::Embedded => "DROP TRIGGER topic_merged; DROP TRIGGER topic_support_counted",
        }).await.unwrap();
        let (author, backer, officer) = (app.resident(0).await, app.resident(1).await, app.officer(SPRING).await);
        let first = accepted(&author, &officer, "甲").await;
        for title in ["乙", "丙"] {
            accepted(&author, &officer, title).await;
        }
        counts_equal_facts(&app).await;
        back(&first, &[&backer]).await;
        point(&app, "乙", "甲").await.unwrap();
        point(&app, "丙", "乙").await.unwrap();
        assert_eq!(wrong(&app).await, WRONG.map(|(what, _)| what));
    }

    async fn across_townships_a_merge_is_proposed_to_the_general_desk_which_decides(app) {
        let (one, other, officer, elsewhere, general) =
            (app.resident(0).await, app.resident(6).await, app.officer(SPRING).await, app.officer(BRIDGE).await, app.person(GENERAL).await);
        let (head, too) = (accepted(&one, &officer, "路灯不亮").await, elsewhere.accept(&other.submit_topic_in("990101002001", "桥头很黑").await).await);
        for (desk, missing) in [(&officer, &too), (&elsewhere, &head)] {
            assert_eq!(desk.mutate("mergeTopics", merging(&head, &[&too])).await.expect_refusal("NEEDS_GENERAL_DESK")["topicId"], missing["id"]);
        }
        one.mutate_error("proposeMerge", proposing(&head, &[&too]), "FORBIDDEN").await;
        app.nobody().mutate_error("proposeMerge", proposing(&head, &[&too]), "UNAUTHENTICATED").await;
        let proposal = propose(&officer, &head, &[&too]).await;
        assert_eq!((&proposal["decision"], &proposal["canonical"]["id"], &proposal["topics"]), (&Value::Null, &head["id"], &json!([{ "id": too["id"] }])));
        app.deliver().await;
        let node = "query($id: ID!) { node(id: $id) { ... on MergeProposal { id decision note } } }";
        for (who, knows, asked) in [(&officer, true, 0), (&general, true, 1), (&elsewhere, false, 0), (&one, false, 0)] {
            let seen = who.ok(node, json!({ "id": proposal["id"] })).await;
            assert_eq!((waiting(who).await, seen["node"].is_null(), told(who, "MERGE_PROPOSED").await), (usize::from(knows), !knows, asked));
        }
        app.nobody().expect_error("{ mergeProposals { nodes { id } } }", json!({}), "UNAUTHENTICATED").await;
        officer.mutate_error("decideMerge", deciding(&proposal, true), "FORBIDDEN").await;
        for stranger in [&elsewhere, &one] {
            stranger.mutate_error("decideMerge", deciding(&proposal, true), "NOT_FOUND").await;
        }
        // Declined: nothing is merged, and the proposer is told why.
        let declined = general.mutate("decideMerge", deciding(&proposal, false)).await.done()["proposal"].clone();
        assert_eq!((&declined["decision"], &declined["note"]), (&json!("DECLINED"), &json!("两街都看过")));
        general.mutate("decideMerge", deciding(&proposal, true)).await.expect_refusal("STATE_CHANGED");
        app.deliver().await;
        assert_eq!((told(&officer, "MERGE_DECIDED").await, waiting(&general).await, feed(&app).await.len()), (1, 0, 2));
        let told_why = officer.ok(node, json!({ "id": proposal["id"] })).await;
        assert_eq!(told_why["node"], json!({ "id": proposal["id"], "decision": "DECLINED", "note": "两街都看过" }));
        // Merged: by another person than who proposed it, and what is merged already is not merged again.
        let own = propose(&general, &head, &[&too]).await;
        general.mutate("decideMerge", deciding(&own, true)).await.expect_refusal("NEEDS_ANOTHER_PERSON");
        let (again, late) = (propose(&officer, &head, &[&too]).await, propose(&elsewhere, &head, &[&too]).await);
        let decided = general.mutate("decideMerge", deciding(&again, true)).await.done()["proposal"].clone();
        assert_eq!((&decided["decision"], &decided["canonical"]["mergedCount"]), (&json!("MERGED"), &json!(1)));
        assert_eq!(general.mutate("decideMerge", deciding(&late, true)).await.expect_refusal("NOT_MERGEABLE")["topicId"], too["id"]);
        assert_eq!((waiting(&elsewhere).await, feed(&app).await), (1, vec![head["id"].clone()]), "what was refused is still open");
        app.deliver().await;
        assert_eq!((told(&officer, "MERGE_DECIDED").await, told(&elsewhere, "MERGE_DECIDED").await, told(&other, "TOPIC_MERGED").await), (2, 0, 1));
        counts_equal_facts(&app).await;
    }

    async fn nobody_merges_their_own_topic_nor_another_committees_nor_what_is_not_open(app) {
        let (one, officer, general) = (app.resident(0).await, app.officer(SPRING).await, app.person(GENERAL).await);
        let (head, own) = (accepted(&one, &officer, "路灯不亮").await, accepted(&officer, &general, "联络员家门口很黑").await);
        for (canonical, topic) in [(&head, &own), (&own, &head)] {
            assert_eq!(officer.mutate("mergeTopics", merging(canonical, &[topic])).await.expect_refusal("NEEDS_ANOTHER_PERSON")["topicId"], own["id"]);
        }
        let (waits, answered) = (one.submit_topic("刚提出").await, officer.answer(&accepted(&one, &officer, "早办好了").await, "好了").await);
        for topic in [&waits, &answered] {
            assert_eq!(officer.mutate("mergeTopics", merging(&head, &[topic])).await.expect_refusal("NOT_MERGEABLE")["topicId"], topic["id"]);
        }
        officer.mutate("mergeTopics", merging(&waits, &[&head])).await.expect_refusal("STATE_CHANGED");
        app.execute(
            "INSERT INTO organisations (id, committee_id, kind, name, division_code, created_at)
             SELECT id, id, 'COMMITTEE', '望山区委员会', '990102', 1 FROM accounts ORDER BY id LIMIT 1",
        ).await.unwrap();
        let far = one.submit_topic_in("990102", "望山的路灯").await;
        general.mutate_error("mergeTopics", merging(&head, &[&far]), "NOT_FOUND").await;
        general.mutate_error("proposeMerge", proposing(&head, &[&far]), "NOT_FOUND").await;
        app.execute("UPDATE topics SET state = 'ACCEPTED', public_since = 1, version = version + 1 WHERE title = '望山的路灯'").await.unwrap();
        let far = app.nobody().topic(&far["id"]).await;
        for (canonical, topic) in [(&head, &far), (&far, &head)] {
            assert_eq!(general.mutate("mergeTopics", merging(canonical, &[topic])).await.expect_refusal("NOT_MERGEABLE")["topicId"], topic["id"]);
            assert_eq!(general.mutate("proposeMerge", proposing(canonical, &[topic])).await.expect_refusal("NOT_MERGEABLE")["topicId"], topic["id"]);
        }
        assert!(point(&app, "望山的路灯", "路灯不亮").await.unwrap_err().contains("no_chains"));
        assert_eq!(merge(&general, &head, &[&own]).await["mergedCount"], 1, "another person does");
        counts_equal_facts(&app).await;
    }

    async fn each_verb_whose_answer_was_lost_is_answered_again(app) {
        let (one, other, b) = (app.resident(0).await, app.resident(1).await, app.resident(2).await);
        let (officer, general) = (app.officer(SPRING).await, app.person(GENERAL).await);
        let (head, too) = (accepted(&one, &officer, "路灯不亮").await, accepted(&other, &officer, "夜里很黑").await);
        back(&too, &[&b]).await;
        let proposal = done_once(&officer, "proposeMerge", proposing(&head, &[&too]), "reason", "另有理由").await["proposal"].clone();
        done_once(&general, "decideMerge", deciding(&proposal, false), "note", "另有说明").await;
        let input = merging(&head, &[&too]);
        assert_eq!(done_once(&officer, "mergeTopics", input.clone(), "reason", "另有理由").await["topic"]["mergedCount"], 1);
        let word = json!({ "requestId": new_request(), "topicId": too["id"], "reply": "DECLINE" });
        done_once(&b, "replyToMerge", word, "reply", "CARRY").await;
        let version = officer.topic(&too["id"]).await["version"].clone();
        let parting = json!({ "requestId": new_request(), "topicId": too["id"], "expectedVersion": version, "reason": "并非同一件事" });
        done_once(&officer, "splitTopic", parting, "reason", "另有理由").await;
        let now = officer.mutate("mergeTopics", input).await.done();
        assert_eq!((&now["replayed"], &now["topic"]["mergedCount"]), (&json!(true), &json!(0)), "as it is now");
        for (table, rows) in [("merge_proposals", 1), ("topic_merges", 1), ("merge_replies", 1), ("topic_events WHERE what IN ('MERGED', 'SPLIT')", 2)] {
            assert_eq!(app.count(&format!("SELECT count(*) FROM {table}")).await, rows, "{table}");
        }
        app.deliver().await;
        assert_eq!((told(&other, "TOPIC_MERGED").await, told(&other, "TOPIC_SPLIT").await, told(&officer, "MERGE_DECIDED").await), (1, 1, 1));
        counts_equal_facts(&app).await;
    }

    async fn of_two_merges_crosswise_at_once_one_is_done_and_no_voice_is_lost(app) {
        let (one, other, officer, general) = (app.resident(0).await, app.resident(1).await, app.officer(SPRING).await, app.person(GENERAL).await);
        let mut neighbours = Vec::new();
        for n in 2..8 {
            neighbours.push(app.resident(n).await);
        }
        for _ in 0..3 {
            let (head, too) = (accepted(&one, &officer, "路灯不亮").await, accepted(&other, &officer, "夜里很黑").await);
            let (supports, this, that) = tokio::join!(
                join_all(neighbours.iter().map(|neighbour| neighbour.support(&too))),
                officer.mutate("mergeTopics", merging(&head, &[&too])),
                general.mutate("mergeTopics", merging(&too, &[&head])),
            );
            let done = supports.iter().filter(|support| support.0["code"].is_null()).count();
            assert!(supports.iter().all(|support| support.0["code"].is_null() || support.0["code"] == "MERGED_ELSEWHERE"), "{supports:?}");
            let standing = match (this.0["code"].is_null(), that.0["code"].is_null()) {
                (true, false) => &head,
                (false, true) => &too,
                _ => panic!("{this:?} {that:?}"),
            };
            assert_eq!(voices(&app, standing).await, json!(done));
            counts_equal_facts(&app).await;
        }
    }
}
