//! Findings as build servers want them told: JUnit's XML, annotations and Markdown of GitHub.

/// One thing that was tested.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Case {
    pub name: String,
    /// What went wrong; none if nothing did.
    pub failure: Option<String>,
    /// The command that has it again; empty where there is none.
    pub replay: String,
}

/// A file of one suite. It holds no times: those would differ each time.
pub fn junit(suite: &str, cases: &[Case]) -> String {
    let failures = cases.iter().filter(|case| case.failure.is_some()).count();
    let suite = xml(suite);
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"{suite}\" \
         tests=\"{}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\">\n",
        cases.len()
    );
    for Case { name, failure, replay } in cases {
        text += &format!("    <testcase classname=\"{suite}\" name=\"{}\"", xml(name));
        match failure {
            None => text += "/>\n",
            Some(story) => {
                let (story, replay) = (xml(story), xml(replay));
                text += &format!(
                    ">\n      <failure message=\"{story}\">{story}\nreplay: {replay}</failure>\n    \
                     </testcase>\n"
                );
            }
        }
    }
    text + "  </testsuite>\n</testsuites>\n"
}

/// An annotation of a GitHub workflow, in one line.
pub fn annotation(case: &Case) -> String {
    let story = case.failure.as_deref().unwrap_or_default();
    let text = format!("{story}\nreplay: {}", case.replay);
    format!("::error title={}::{}", property(&case.name), data(&text))
}

/// The summary of a workflow's job.
pub fn markdown(summary: &str, cases: &[Case]) -> String {
    let mut text = "## Hunt\n\n".to_string();
    let failed = cases.iter().filter(|case| case.failure.is_some());
    let rows: String = failed
        .map(|case| {
            let story = case.failure.as_deref().unwrap_or_default();
            format!("| {} | {} | `{}` |\n", cell(&case.name), cell(story), cell(&case.replay))
        })
        .collect();
    if !rows.is_empty() {
        text += &format!("| finding | story | replay |\n|---|---|---|\n{rows}\n");
    }
    text + &format!("```text\n{}\n```\n", summary.trim_end())
}

/// As XML wants it; what may not stand there at all is left out.
fn xml(text: &str) -> String {
    let mut safe = String::new();
    for c in text.chars() {
        match c {
            '&' => safe += "&amp;",
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '"' => safe += "&quot;",
            '\n' => safe += "&#10;",
            c if c.is_control() => {}
            c => safe.push(c),
        }
    }
    safe
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cases() -> Vec<Case> {
        let failure = Some("a < b, 100 % & \"so\"\nthen".to_string());
        let replay = "dynamo-sim run x | y".to_string();
        let found = Case { name: "D2: gone".to_string(), failure, replay };
        let held = Case { name: "held".to_string(), failure: None, replay: String::new() };
        vec![found, held]
    }

    #[test]
    fn xml_is_whole() {
        let text = junit("hunt", &cases());
        assert!(text.contains("tests=\"2\" failures=\"1\""), "{text}");
        assert!(text.contains("a &lt; b, 100 % &amp; &quot;so&quot;&#10;then"), "{text}");
        assert!(text.contains("<testcase classname=\"hunt\" name=\"held\"/>"), "{text}");
        assert_eq!(text.matches("<testcase").count(), 2);
        assert_eq!(text.matches("</testcase>").count(), 1);
    }

    #[test]
    fn annotations_take_one_line_and_tables_keep_their_columns() {
        let told = annotation(&cases()[0]);
        assert_eq!(
            told,
            "::error title=D2%3A gone::a < b, 100 %25 & \"so\"%0Athen%0Areplay: dynamo-sim run x | y"
        );
        let text = markdown("summary\n", &cases());
        let row = "| D2: gone | a < b, 100 % & \"so\" then | `dynamo-sim run x \\| y` |";
        assert!(text.contains(row), "{text}");
        assert!(text.ends_with("```text\nsummary\n```\n"), "{text}");
    }
}
