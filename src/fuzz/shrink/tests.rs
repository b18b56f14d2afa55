//! What is left of a case: only what shows the same.

use super::*;
use serde_json::json;

fn case() -> Case {
    Case {
        flows: vec![
            json!({ "flow": "login", "kind": "system", "stages": [
                { "stage": "a", "blocks": [
                    { "block": "identity_lookup", "slug": "b1" },
                    { "block": "decision", "slug": "b2", "branches": [
                        { "when": "has(event.user) && event.user.email_verified", "branch": "x", "blocks": [
                            { "block": "run_custom_flow", "slug": "b3", "config": { "flow": "c0" } },
                        ] },
                        { "branch": "rest", "default": true },
                    ] },
                ] },
                { "stage": "b", "blocks": [{ "block": "allow", "slug": "b4" }] },
            ] }),
            json!({ "flow": "c0", "kind": "custom", "status": "published", "stages": [
                { "stage": "s", "blocks": [
                    { "block": "delay", "slug": "b1", "config": { "ms": 999 } },
                    { "block": "allow", "slug": "end" },
                ] },
            ] }),
            json!({ "flow": "c1", "stages": [{ "stage": "s", "blocks": [{ "block": "allow" }] }] }),
        ],
        scenario: json!({
            "scenario": "generated", "flow": "login", "identity": "bob", "request": { "preset": "tor" },
            "profile": { "budget": "1001ms", "post_session": "stop" },
            "faults": [{ "at": "b3/b1", "delay": "51ms" }, { "at": "b4", "error": "x" }],
        }),
        latency: vec![("b2".to_owned(), 25), ("call_webhook".to_owned(), 5)],
        allowlist: vec!["*.example.com".to_owned()],
    }
}

fn blocks_of(case: &Case) -> Vec<&str> {
    let blocks = case.flows.iter().flat_map(|flow| {
        let places = place::blocks(flow).into_iter();
        places.filter_map(move |place| place::get(flow, &place)?["block"].as_str())
    });
    blocks.collect()
}

fn delays_long(case: &Case) -> bool {
    case.flows.iter().any(|flow| {
        let blocks = place::blocks(flow).into_iter();
        blocks
            .filter_map(|place| place::get(flow, &place))
            .any(|block| {
                let ms = block["config"]["ms"].as_u64();
                block["block"] == "delay" && ms.is_some_and(|ms| ms > 60)
            })
    })
}

#[test]
fn what_does_not_matter_goes() {
    let small = shrink(case(), &mut |case| {
        delays_long(case) && case.arrange().is_ok()
    });
    assert_eq!(blocks_of(&small), ["delay"]);
    assert_eq!(
        small.flows[0].to_string(),
        r#"{"flow":"c0","stages":[{"stage":"s","blocks":[{"block":"delay","config":{"ms":100}}]}]}"#
    );
    assert_eq!(
        small.scenario,
        json!({ "scenario": "generated", "flow": "c0" })
    );
    assert!(small.latency.is_empty() && small.allowlist.is_empty());
}

#[test]
fn what_matters_stays() {
    let faulty = |case: &Case| {
        let faults = case.scenario["faults"].as_array().into_iter().flatten();
        let delays = faults.filter(|fault| fault.get("delay").is_some()).count();
        delays == 1 && case.arrange().is_ok()
    };
    let small = shrink(case(), &mut |case| faulty(case));
    assert_eq!(
        small.scenario["faults"],
        json!([{ "at": "allow", "delay": "1ms" }])
    );
    assert_eq!(blocks_of(&small), ["allow"]);
}

#[test]
fn shrinking_ends_and_takes_no_more_tries_than_it_may() {
    let mut tries = 0;
    shrink(case(), &mut |_| {
        tries += 1;
        true
    });
    assert!(tries < TRIES, "{tries}");
}

#[test]
fn the_same_case_shrinks_to_the_same() {
    let [one, two] = [(), ()].map(|()| shrink(case(), &mut delays_long));
    assert!(same(&one, &two));
}
