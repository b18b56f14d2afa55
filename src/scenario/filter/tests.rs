//! What filters select, and what is no filter.

use super::*;

fn selects(filter: &str, name: &str) -> bool {
    let tags = ["smoke".into(), "fraud".into()];
    let candidate = Candidate {
        name,
        tags: &tags,
        flow: "login",
    };
    Filter::parse(filter).expect(filter).selects(candidate)
}

#[test]
fn a_filter_selects_by_name_tag_and_flow() {
    let name = "a risky sign-in is denied (tor) / low";
    for (filter, selected) in [
        ("risky", true),
        ("risky sign-in", true),
        ("risky  sign-in", true),
        ("calm", false),
        ("tag:smoke", true),
        ("tag:smok", false),
        ("flow:login", true),
        ("flow:logout", false),
        ("name~^a.*low$", true),
        ("name~(calm|risky)", true),
        ("name~^risky", false),
        ("not tag:smoke", false),
        ("not not tag:smoke", true),
        ("tag:smoke and flow:logout or risky", true),
        ("tag:smoke and (flow:logout or calm)", false),
        ("calm or risky and tag:fraud", true),
        ("\"denied (tor)\"", true),
        ("\"denied (tor) and\"", false),
    ] {
        assert_eq!(selects(filter, name), selected, "{filter}");
    }
}

#[test]
fn what_is_no_filter_is_refused_with_a_sentence() {
    for (filter, message) in [
        ("", "a filter is missing"),
        ("a and", "a filter is missing"),
        ("or a", "before `or`"),
        ("(a", "not closed"),
        ("a)", "closes"),
        ("()", "before `)`"),
        ("\"a", "not closed"),
        ("tag:", "behind `tag:`"),
        ("name~(", "no regular expression"),
        ("name~a{1000}{1000}{1000}", "no regular expression"),
    ] {
        let error = Filter::parse(filter).expect_err(filter);
        assert!(error.contains(message), "{filter}: {error}");
    }
    for deep in ["(".repeat(100_000), "not ".repeat(100_000)] {
        assert!(Filter::parse(&deep).is_err());
    }
    assert!(Filter::parse(&"a or ".repeat(200)).is_err());
}

#[test]
fn the_filter_for_a_name_selects_it() {
    for name in [
        "plain",
        "two words / case",
        "this and that",
        "not now",
        "a \"quoted\" (name)",
        "tag:x",
        "two  spaces",
        r"back\slash and",
    ] {
        assert!(selects(&filter_for(name), name), "{}", filter_for(name));
    }
}
