//! Rows of conditions on URLs and what they match.

use super::*;

type Make = fn(&str) -> Result<UrlMatcher, UrlError>;

/// Each row: the condition, a URL as it is sent, whether they match.
fn check(make: Make, rows: &[(&str, &str, bool)]) {
    for (written, sent, expected) in rows {
        let url = Url::parse(sent).expect(sent);
        let matcher = make(written).expect(written);
        assert_eq!(
            matcher.matches(&Target::new(url.as_str())),
            *expected,
            "{written} {sent}"
        );
    }
}

#[test]
fn an_exact_url_looks_at_scheme_host_and_path() {
    check(
        UrlMatcher::exact,
        &[
            ("https://a.example/v1", "https://a.example/v1", true),
            ("https://a.example/v1", "https://a.example/v1?x=1#y", true),
            ("https://A.Example:443", "https://a.example/", true),
            ("https://a.example/", "https://a.example", true),
            ("https://a.example/v1", "https://a.example/v1/", false),
            ("https://a.example/v1", "https://a.example/V1", false),
            ("https://a.example/v1", "http://a.example/v1", false),
            ("https://a.example/v1", "https://a.example:8443/v1", false),
            (
                "https://a.example:8443/v1",
                "https://a.example:8443/v1",
                true,
            ),
            ("https://a.example/v1", "https://u:p@a.example/v1", true),
            ("https://a.example/a@b", "https://a.example/a%40b", true),
            ("https://a.example/a%2fb", "https://a.example/a%2Fb", true),
            ("https://a.example/a/b", "https://a.example/a%2Fb", false),
            ("https://a.example/%2541", "https://a.example/A", false),
            ("https://a.example/ü", "https://a.example/%C3%BC", true),
            ("https://a.example/x/../y", "https://a.example/y", true),
            (
                "https://bücher.example/",
                "https://xn--bcher-kva.example/",
                true,
            ),
        ],
    );
}

#[test]
fn a_star_stops_at_a_slash_and_two_do_not() {
    check(
        UrlMatcher::pattern,
        &[
            ("https://a.example/*/x", "https://a.example/1/x", true),
            ("https://a.example/*/x", "https://a.example/1/2/x", false),
            ("https://a.example/**/x", "https://a.example/1/2/x", true),
            (
                "https://a.example/users/*",
                "https://a.example/users/",
                true,
            ),
            (
                "https://a.example/users/*",
                "https://a.example/users/1?q=2",
                true,
            ),
            ("https://*.example/", "https://a.b.example", true),
            ("https://*", "https://a.example/", true),
            ("https://*", "https://a.example/x", false),
            ("https://**", "https://a.example/x/y", true),
            ("**/score", "https://a.example/v1/score", true),
            ("**", "https://a.example/x", true),
            ("https://A.example:443/x", "https://a.example/x", true),
            ("https://a.example:*/x", "https://a.example:8443/x", true),
            ("https://a.example/a.c", "https://a.example/abc", false),
            ("https://a.example/(+)*", "https://a.example/(+)1", true),
            ("https://a.example/ü*", "https://a.example/%C3%BC1", true),
            ("https://a.example/*@x", "https://a.example/bob%40x", true),
            ("https://a.example/*", "https://a.example/a%2Fb", true),
            (
                "https://bücher.example/*",
                "https://xn--bcher-kva.example/1",
                true,
            ),
        ],
    );
}

#[test]
fn a_regular_expression_matches_anywhere_in_what_is_sent() {
    check(
        UrlMatcher::regex,
        &[
            (r"/v\d+/score$", "https://a.example/v12/score?x=1", true),
            (r"^https://a\.", "https://a.example/", true),
            (r"^/v1", "https://a.example/v1", false),
            (r"bob%40x", "https://a.example/bob%40x", true),
        ],
    );
}

#[test]
fn what_is_no_condition_on_urls_is_refused_with_the_reason() {
    let rows: [(Make, &str, &str); 8] = [
        (
            UrlMatcher::exact,
            "https://a.example/?x=1",
            "a query is not matched here",
        ),
        (
            UrlMatcher::pattern,
            "https://a.example/*?x=1",
            "a query is not matched here",
        ),
        (
            UrlMatcher::exact,
            "https://a.example/#x",
            "a fragment (`#…`) is never sent",
        ),
        (
            UrlMatcher::exact,
            "/v1/score",
            "no absolute URL (relative URL without a base)",
        ),
        (
            UrlMatcher::exact,
            "mailto:a@b",
            "no absolute URL (it names no host)",
        ),
        (UrlMatcher::pattern, "/v1/*", "begin with `https://`"),
        (UrlMatcher::regex, "(", "unclosed group"),
        (
            UrlMatcher::regex,
            r"((((a{90}){90}){90}){90})",
            "RE2 syntax",
        ),
    ];
    for (make, written, reason) in rows {
        let error = make(written).expect_err(written).to_string();
        assert!(error.contains(reason), "{written}: {error}");
    }
}

#[test]
fn parameters_of_the_query_are_decoded() {
    let target = Target::new("https://a.example/?a=1&a=x%20y+z&b");
    assert_eq!(target.query("a").collect::<Vec<_>>(), ["1", "x y z"]);
    assert_eq!(target.query("b").collect::<Vec<_>>(), [""]);
    assert_eq!(target.query("c").count(), 0);
}
