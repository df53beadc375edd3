//! Values and names as other stores write them: numbers are themselves, all else is its text.

use crate::history::places::{Places, hash, stirred};

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
    /// All of them, one after the other.
    texts: String,
    /// Where each ends.
    ends: Vec<usize>,
    places: Places,
    /// The place plus one of small numbers as texts; 0 if there is none yet.
    numbers: Vec<u32>,
}

/// Numbers up to here have a short way to their places.
const SMALL: usize = 1 << 16;

impl Value {
    /// A number that tells it from others, mostly.
    pub fn hash(self) -> u64 {
        match self {
            Value::Number(number) => stirred(number as u64),
            Value::Text(place) => stirred(!u64::from(place)),
        }
    }
}

impl Names {
    /// The number of this text.
    pub fn place(&mut self, text: &str) -> u32 {
        self.place_of_bytes(text.as_bytes())
    }

    /// The number of the text with these bytes.
    pub fn place_of_bytes(&mut self, text: &[u8]) -> u32 {
        let Names { texts, ends, places, .. } = self;
        let next = ends.len() as u32;
        let is_it = |place| between(texts, ends, place).as_bytes() == text;
        let place = places.place(hash(text), next, is_it);
        if place == next {
            texts.push_str(&String::from_utf8_lossy(text));
            ends.push(texts.len());
        }
        place
    }

    /// The number of this number's text.
    pub fn place_of(&mut self, number: i64) -> u32 {
        let Some(small) = usize::try_from(number).ok().filter(|small| *small < SMALL) else {
            return self.place(&number.to_string());
        };
        if self.numbers.len() <= small {
            self.numbers.resize(small + 1, 0);
        }
        if self.numbers[small] == 0 {
            self.numbers[small] = self.place(&number.to_string()) + 1;
        }
        self.numbers[small] - 1
    }

    /// This text as a value.
    pub fn value(&mut self, text: &str) -> Value {
        Value::Text(self.place(text))
    }

    /// The text of this number.
    pub fn text(&self, place: u32) -> &str {
        between(&self.texts, &self.ends, place)
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
        self.ends.len()
    }
}

/// The text between the end of the one before and its own.
fn between<'t>(texts: &'t str, ends: &[usize], place: u32) -> &'t str {
    let place = place as usize;
    let from = place.checked_sub(1).map_or(0, |before| ends[before]);
    &texts[from..ends[place]]
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
