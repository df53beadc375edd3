//! Text to JSON, remembering where each value stands.
//!
//! Comments and trailing commas are accepted; all else is strict JSON, stricter where JSON leaves
//! room: names are unique in their object, nesting and size are bounded, numbers fit a double.

use std::collections::BTreeSet;
use std::ops::Range;

use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use jsonc_parser::errors::ParseError;
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};
use serde_json::{Map, Value};

use crate::scenario::path::{Path, Step, shortened};
use crate::scenario::tokens;

/// Largest file that is read, in bytes.
pub const SIZE_LIMIT: usize = 4 << 20;

/// A JSON text that has been read.
pub struct Document<'a> {
    tree: ast::Value<'a>,
    json: Value,
}

/// Something wrong with the text itself, before it means anything.
#[derive(Clone, PartialEq, Debug)]
pub struct Flaw {
    /// Where in the text, in bytes.
    pub range: Range<usize>,
    /// Which value it concerns; the whole where the text cannot be read.
    pub path: Path,
    /// What would do.
    pub message: String,
}

/// Where a path leads in the text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// Name of the member, quotes included, if it is one of an object.
    pub name: Option<Range<usize>>,
    /// The value.
    pub value: Range<usize>,
    /// Is this the value asked for, or the nearest one around it?
    pub exact: bool,
    /// Is it an object or a list?
    pub container: bool,
}

impl<'a> Document<'a> {
    /// Reads a text. Flaws with which it can still be read on are returned beside it.
    pub fn parse(text: &'a str) -> Result<(Document<'a>, Vec<Flaw>), Flaw> {
        if text.len() > SIZE_LIMIT {
            return Err(whole(format!(
                "the file is {} bytes long; a scenario is at most {SIZE_LIMIT} bytes (4 MiB)",
                text.len()
            )));
        }
        tokens::inspect(text).map_err(|(range, message)| Flaw { range, ..whole(message) })?;
        let parsed = parse_to_ast(text, &CollectOptions::default(), &strict());
        let tree = parsed.map_err(|error| syntax(text, &error))?.value;
        let tree =
            tree.ok_or_else(|| whole("the file is empty; a scenario is one object".into()))?;
        let mut flaws = Vec::new();
        let json = convert(&tree, &mut Path::root(), &mut flaws);
        Ok((Document { tree, json }, flaws))
    }

    /// The text as plain JSON; of members with the same name, the last.
    pub fn json(&self) -> &Value {
        &self.json
    }

    /// Names of the members of the object at this path, as they are written.
    pub fn names(&self, path: &Path) -> Vec<&str> {
        let below = path
            .steps()
            .iter()
            .try_fold(&self.tree, |value, step| descend(value, step).map(|(value, _)| value));
        let object = below.and_then(|value| value.as_object());
        object.map_or(Vec::new(), |object| object.properties.iter().map(name_of).collect())
    }

    /// Where the value of this path stands, or the nearest value around it.
    pub fn locate(&self, path: &Path) -> Place {
        let (mut value, mut name) = (&self.tree, None);
        for step in path.steps() {
            let Some((below, its_name)) = descend(value, step) else {
                return place(value, name, false);
            };
            (value, name) = (below, its_name);
        }
        place(value, name, true)
    }
}

/// Does this text, which can be read, hold comments?
pub fn has_comments(text: &str) -> bool {
    let comments = CommentCollectionStrategy::Separate;
    let parsed = parse_to_ast(text, &CollectOptions { comments, tokens: false }, &strict());
    parsed.is_ok_and(|parsed| parsed.comments.is_some_and(|comments| !comments.is_empty()))
}

fn strict() -> ParseOptions {
    ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

fn whole(message: String) -> Flaw {
    Flaw { range: 0..0, path: Path::root(), message }
}

fn syntax(text: &str, error: &ParseError) -> Flaw {
    let range = error.range();
    let (message, at) = tokens::explain(text, error.kind(), range.start..range.end);
    Flaw { range: at, path: Path::root(), message }
}

fn place(value: &ast::Value, name: Option<Range<usize>>, exact: bool) -> Place {
    let range = value.range();
    let container = matches!(value, ast::Value::Object(_) | ast::Value::Array(_));
    Place { name, value: range.start..range.end, exact, container }
}

/// One step down: the value there and the place of its name.
fn descend<'t, 'a>(
    value: &'t ast::Value<'a>,
    step: &Step,
) -> Option<(&'t ast::Value<'a>, Option<Range<usize>>)> {
    match (step, value) {
        (Step::Name(name), ast::Value::Object(object)) => {
            let member = object.properties.iter().rev().find(|member| name_of(member) == name)?;
            Some((&member.value, Some(name_range(member))))
        }
        (Step::Index(index), ast::Value::Array(list)) => {
            list.elements.get(*index).map(|value| (value, None))
        }
        (Step::Name(_) | Step::Index(_), _) => None,
    }
}

fn name_of<'t>(member: &'t ast::ObjectProp<'_>) -> &'t str {
    match &member.name {
        ast::ObjectPropName::String(text) => &text.value,
        ast::ObjectPropName::Word(word) => word.value,
    }
}

fn name_range(member: &ast::ObjectProp) -> Range<usize> {
    let range = member.name.range();
    range.start..range.end
}

/// `path` leads to `value`; it is lent to be extended, and comes back as it was.
fn convert(value: &ast::Value, path: &mut Path, flaws: &mut Vec<Flaw>) -> Value {
    match value {
        ast::Value::StringLit(text) => Value::String(text.value.to_string()),
        ast::Value::NumberLit(number) => convert_number(number, path, flaws),
        ast::Value::BooleanLit(literal) => Value::Bool(literal.value),
        ast::Value::NullKeyword(_) => Value::Null,
        ast::Value::Object(object) => convert_object(object, path, flaws),
        ast::Value::Array(list) => {
            let mut entry =
                |(i, value)| path.inside(Step::Index(i), |path| convert(value, path, flaws));
            Value::Array(list.elements.iter().enumerate().map(&mut entry).collect())
        }
    }
}

fn convert_object(object: &ast::Object, path: &mut Path, flaws: &mut Vec<Flaw>) -> Value {
    let mut members = Map::new();
    let mut told = BTreeSet::new();
    for member in &object.properties {
        let name = name_of(member);
        let step = Step::Name(name.to_string());
        let value = path.inside(step, |path| convert(&member.value, path, flaws));
        if members.insert(name.to_string(), value).is_some() && told.insert(name) {
            let message = format!("`{}` is written twice in one object; keep one", shortened(name));
            flaws.push(Flaw { range: name_range(member), path: path.name(name), message });
        }
    }
    Value::Object(members)
}

fn convert_number(number: &ast::NumberLit, path: &mut Path, flaws: &mut Vec<Flaw>) -> Value {
    let finite = |number: &serde_json::Number| number.as_f64().is_some_and(f64::is_finite);
    let read = number.value.parse::<serde_json::Number>().ok().filter(finite);
    let range = number.range.start..number.range.end;
    read.map(Value::Number).unwrap_or_else(|| {
        let message = "the number is too large; numbers go up to about 1.8e308".to_string();
        flaws.push(Flaw { range, path: path.clone(), message });
        Value::from(1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_trailing_commas_are_accepted() {
        let text = "// first\n{ \"a\": [1, /* two */ 2.5,], }\n// last";
        let (document, flaws) = Document::parse(text).unwrap();
        assert_eq!(document.json(), &serde_json::json!({"a": [1, 2.5]}));
        assert_eq!(flaws, []);
        let place = document.locate(&Path::from("a[1]"));
        assert!(place.exact && &text[place.value] == "2.5");
        let near = document.locate(&Path::from("a[7].b"));
        assert!(!near.exact && near.container && &text[near.name.unwrap()] == "\"a\"");
    }

    #[test]
    fn twins_and_huge_numbers_are_all_told() {
        let (document, flaws) = Document::parse(r#"{"a": 1e999, "b": 1, "b": 2}"#).unwrap();
        let paths: Vec<String> = flaws.iter().map(|flaw| flaw.path.to_string()).collect();
        assert_eq!(paths, ["a", "b"]);
        assert_eq!(document.json()["b"], 2);
    }
}
