//! Values and names as other stores write them: numbers are themselves, all else is its text.

use std::collections::BTreeMap;

/// A value or a key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Value {
    /// A whole number.
    Number(i64),
    /// Anything else, as it is written; its place in [`Names`].
    Text(u32),
}

/// Texts with a number each.
#[derive(Clone, Debug, Default)]
pub struct Names {
    texts: Vec<String>,
    places: BTreeMap<String, u32>,
}

impl Names {
    /// The number of this text.
    pub fn place(&mut self, text: &str) -> u32 {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let place = self.texts.len() as u32;
        self.texts.push(text.to_string());
        self.places.insert(text.to_string(), place);
        place
    }

    /// This text as a value.
    pub fn value(&mut self, text: &str) -> Value {
        Value::Text(self.place(text))
    }

    /// The text of this number.
    pub fn text(&self, place: u32) -> &str {
        &self.texts[place as usize]
    }

    /// A value as it was written.
    pub fn written(&self, value: Value) -> String {
        match value {
            Value::Number(number) => number.to_string(),
            Value::Text(place) => self.text(place).to_string(),
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.texts.len()
    }
}

/// A text in quotes, as EDN and JSON write it.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
