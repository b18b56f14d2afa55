//! HTML that escapes by type: a page is written out of `Markup`, which only literals of the program and escaped text
//! can become.

use super::style::is_shown;
use std::fmt::{self, Display};

const META: &str = "<meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">";

/// HTML that is safe to put into a page.
#[derive(Debug, Clone, Default)]
pub struct Markup(String);

impl Markup {
    /// HTML that stands in the program.
    pub fn of(literal: &'static str) -> Markup {
        Markup(literal.to_owned())
    }

    /// A whole page that needs nothing from outside; the style is CSS of the program.
    pub fn page(title: &str, style: &'static str, body: Markup) -> String {
        let head = Markup::of(META)
            .then(Markup::text_in("title", "", title))
            .then(Markup::element("style", "", Markup::of(style)));
        let page = Markup::element("head", "", head).then(Markup::element("body", "", body));
        format!("<!doctype html>\n<html lang=\"en\">{}</html>\n", page.0)
    }

    /// An element around others; the class is a word of the program.
    pub fn element(tag: &'static str, class: &'static str, inner: Markup) -> Markup {
        let class = match class {
            "" => String::new(),
            class => format!(" class=\"{class}\""),
        };
        Markup(format!("<{tag}{class}>{}</{tag}>", inner.0))
    }

    /// An element around text.
    pub fn text_in(tag: &'static str, class: &'static str, text: impl Display) -> Markup {
        Markup::element(tag, class, Markup::from(text.to_string()))
    }

    /// Something that opens: what is always seen, and what is seen then.
    pub fn details(open: bool, summary: Markup, inner: Markup) -> Markup {
        let open = if open { " open" } else { "" };
        let summary = Markup::element("summary", "", summary);
        Markup(format!("<details{open}>{}{}</details>", summary.0, inner.0))
    }

    /// Lines as they are.
    pub fn pre(text: &str) -> Markup {
        let lines: Vec<String> = text.lines().map(|line| Markup::from(line).0).collect();
        Markup(format!("<pre>{}</pre>", lines.join("\n")))
    }

    /// A bar within a line of 1000: where it begins and how long it is.
    pub fn bar(class: &'static str, from: u64, length: u64) -> Markup {
        let (left, width) = (from as f64 / 10.0, length as f64 / 10.0);
        Markup(format!(
            "<i class=\"{class}\" style=\"left:{left}%;width:{width}%\"></i>"
        ))
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same, and behind it another.
    pub fn then(mut self, other: Markup) -> Markup {
        self.0.push_str(&other.0);
        self
    }
}

/// Text, escaped: also within a quoted attribute it stays text. Control characters are shown as such.
impl From<String> for Markup {
    fn from(text: String) -> Markup {
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                '\n' | '\t' => out.push(' '),
                c if !is_shown(c) => out.push('\u{fffd}'),
                c => out.push(c),
            }
        }
        Markup(out)
    }
}

impl From<&str> for Markup {
    fn from(text: &str) -> Markup {
        Markup::from(text.to_owned())
    }
}

impl FromIterator<Markup> for Markup {
    fn from_iter<I: IntoIterator<Item = Markup>>(all: I) -> Markup {
        all.into_iter().fold(Markup::default(), Markup::then)
    }
}

impl Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_files_stays_text() {
        let hostile = "</td><script>alert('1')</script>&amp;\"\u{1b}[31m";
        assert_eq!(
            Markup::text_in("td", "x", hostile).to_string(),
            "<td class=\"x\">&lt;/td&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;&quot;\u{fffd}[31m</td>"
        );
    }
}
