//! Lines of JSON as nearly all are, read in one pass and without keeping anything but what counts.
//!
//! Whole numbers, texts of plain ASCII without escapes, each field once, and nothing that would be
//! a mistake. Whatever is otherwise is left to the reader of all JSON, which is many times slower,
//! and which alone complains: so both agree on every line that is taken here.

use crate::history::builder::{Builder, Event, Kind, Values};
use crate::history::lines::{function, kind};
use crate::history::model::Function;
use crate::history::value::{Names, Value};

/// A number, a text as it stands in its quotes, or null.
#[derive(Clone, Copy, Default)]
enum Token<'a> {
    #[default]
    Nothing,
    Number(i64),
    Text(&'a [u8]),
}

/// The name of a version.
type Name<'a> = (&'a [u8], u64);

/// What the line at hand tells.
#[derive(Default)]
pub struct Scan<'a> {
    told: Told<'a>,
    /// Members of a list of values, entries of the context, and of `dots`.
    members: Vec<Token<'a>>,
    context: Vec<Name<'a>>,
    dots: Vec<Name<'a>>,
    /// What stood before each value of the lines so far, and which field that makes it.
    gaps: Vec<Gap<'a>>,
}

/// Brackets, a field's name and its colon, as they stood at this place of a line before. Lines of
/// one history are mostly alike, so that a look tells what need not be taken apart again.
#[derive(Clone, Copy)]
struct Gap<'a> {
    text: &'a [u8],
    field: Field,
}

/// A field that counts, as the bit of [`Told::seen`], or any other.
type Field = Option<u8>;

#[derive(Clone, Copy, Default)]
struct Told<'a> {
    /// A bit for each field that was there.
    seen: u16,
    process: Token<'a>,
    kind: Option<Kind>,
    function: Option<Function>,
    key: Token<'a>,
    value: Token<'a>,
    time: Option<u64>,
    number: Option<u64>,
    dot: Option<Name<'a>>,
    is_list: bool,
    has_context: bool,
}

/// Where the reading is.
struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

/// Deeper lists are left to others.
const DEPTH: usize = 8;
/// So many digits always fit.
const DIGITS: usize = 18;

/// Bytes that stand for themselves in a text.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = b' ' as usize;
    while byte <= b'~' as usize {
        plain[byte] = byte != b'"' as usize && byte != b'\\' as usize;
        byte += 1;
    }
    plain
};

impl<'a> Scan<'a> {
    /// Reads the first of these lines; what is left after it. None if it is not of the usual form.
    pub fn line(&mut self, lines: &'a [u8]) -> Option<&'a [u8]> {
        self.told = Told::default();
        self.members.clear();
        self.context.clear();
        self.dots.clear();
        let mut cursor = Cursor { text: lines, at: 0 };
        for place in 0.. {
            match self.gap(place, &mut cursor)? {
                Some(field) => self.value(field, &mut cursor)?,
                None => cursor.skip(0)?,
            }
            if cursor.peek()? == b'}' {
                cursor.at += 1;
                break;
            }
        }
        let rest = cursor.rest()?;
        let Told { process, kind, function, .. } = self.told;
        let client = match process {
            Token::Nothing => false,
            Token::Number(_) => true,
            Token::Text(name) => inner(name) != b"nemesis",
        };
        (client && kind.is_some() && function.is_some()).then_some(rest)
    }

    /// The line as an event. Names are numbered in the same order as they are for any JSON.
    pub fn event(&self, line: usize, builder: &mut Builder) -> Event {
        let Told { time, number, .. } = self.told;
        let client = match self.told.process {
            Token::Number(number) => builder.clients.place_of(number),
            Token::Text(name) => builder.clients.place_of_bytes(inner(name)),
            Token::Nothing => unreachable!("a line without a client is not taken"),
        };
        let texts = &mut builder.texts;
        let key = self.told.key.value(texts);
        let values = match self.told.is_list {
            true => Values::Set(self.members.iter().filter_map(|it| it.value(texts)).collect()),
            false => self.told.value.value(texts).map_or(Values::Nothing, Values::One),
        };
        let mut named =
            |(actor, count): &Name<'_>| (builder.actors.place_of_bytes(inner(actor)), *count);
        let clock = self.told.has_context.then(|| self.context.iter().map(&mut named).collect());
        let only = self.dots.first().filter(|_| self.dots.len() == 1);
        let dot = self.told.dot.as_ref().or(only).map(named);
        let kind = self.told.kind.expect("a line without it is not taken");
        let function = self.told.function.expect("a line without it is not taken");
        Event { line, time, client, number, kind, function, key, values, dot, clock }
    }

    /// Reads what stands before the value at this place: of the first a bracket, of the others a
    /// comma, and its name.
    fn gap(&mut self, place: usize, cursor: &mut Cursor<'a>) -> Option<Field> {
        let rest = &cursor.text[cursor.at..];
        if let Some(gap) = self.gaps.get(place).filter(|gap| rest.starts_with(gap.text)) {
            cursor.at += gap.text.len();
            return Some(gap.field);
        }
        let from = cursor.at;
        cursor.expect(if place == 0 { b'{' } else { b',' })?;
        let field = field(inner(cursor.text()?));
        cursor.expect(b':')?;
        self.gaps.truncate(place);
        self.gaps.push(Gap { text: &cursor.text[from..cursor.at], field });
        Some(field)
    }

    /// Reads the value of a field that counts.
    fn value(&mut self, bit: u8, cursor: &mut Cursor<'a>) -> Option<()> {
        let before = self.told.seen;
        self.told.seen |= 1 << bit;
        if before == self.told.seen {
            return None;
        }
        let told = &mut self.told;
        match bit {
            0 => told.time = cursor.count_or_null()?,
            1 => told.process = cursor.token()?,
            2 => told.kind = Some(kind(inner(cursor.text()?))?),
            3 => told.function = Some(function(inner(cursor.text()?))?),
            4 => told.key = cursor.token()?,
            5 if cursor.peek()? == b'[' => {
                told.is_list = true;
                let members = &mut self.members;
                cursor.list(|cursor| match cursor.token()? {
                    Token::Nothing => None,
                    member => {
                        members.push(member);
                        Some(())
                    }
                })?;
            }
            5 => told.value = cursor.token()?,
            6 => told.number = cursor.count_or_null()?,
            7 => {
                told.has_context = true;
                cursor.context(&mut self.context)?;
            }
            8 => told.dot = Some(cursor.name()?),
            _ => {
                let dots = &mut self.dots;
                cursor.list(|cursor| {
                    dots.push(cursor.name()?);
                    Some(())
                })?;
            }
        }
        Some(())
    }
}

impl Token<'_> {
    fn value(self, texts: &mut Names) -> Option<Value> {
        match self {
            Token::Nothing => None,
            Token::Number(number) => Some(Value::Number(number)),
            // Plain as it is, it stands in its quotes as it would be quoted.
            Token::Text(text) => Some(Value::Text(texts.place_of_bytes(text))),
        }
    }
}

impl<'a> Cursor<'a> {
    /// The next byte that is no space, without taking it.
    fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.text.get(self.at)?;
            if !matches!(byte, b' ' | b'\t' | b'\r') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn expect(&mut self, wanted: u8) -> Option<()> {
        (self.next()? == wanted).then_some(())
    }

    /// What is left after the end of this line.
    fn rest(&mut self) -> Option<&'a [u8]> {
        match self.next() {
            None => Some(&[]),
            Some(b'\n') => Some(&self.text[self.at..]),
            Some(_) => None,
        }
    }

    /// A text with its quotes.
    fn text(&mut self) -> Option<&'a [u8]> {
        self.expect(b'"')?;
        let from = self.at;
        let length = self.text[from..].iter().position(|byte| !PLAIN[usize::from(*byte)])?;
        self.at = from + length + 1;
        (self.text[self.at - 1] == b'"').then(|| &self.text[from - 1..self.at])
    }

    /// A whole number that is not negative.
    fn count(&mut self) -> Option<u64> {
        self.peek()?;
        let (rest, mut number, mut digits) = (&self.text[self.at..], 0u64, 0);
        for byte in rest.iter().take(DIGITS + 1) {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            // So many fit; with one more the number is not taken.
            number = number.wrapping_mul(10).wrapping_add(u64::from(digit));
            digits += 1;
        }
        self.at += digits;
        let zeros = digits > 1 && rest[0] == b'0';
        let goes_on = matches!(rest.get(digits), Some(b'.' | b'e' | b'E'));
        (digits > 0 && digits <= DIGITS && !zeros && !goes_on).then_some(number)
    }

    fn count_or_null(&mut self) -> Option<Option<u64>> {
        match self.peek()? {
            b'n' => self.word(b"null").map(|()| None),
            _ => self.count().map(Some),
        }
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        self.text[self.at..].starts_with(word).then(|| self.at += word.len())
    }

    fn token(&mut self) -> Option<Token<'a>> {
        match self.peek()? {
            b'"' => self.text().map(Token::Text),
            b'n' => self.word(b"null").map(|()| Token::Nothing),
            b'-' => {
                self.at += 1;
                // Minus zero is a fraction to JSON.
                let digit = matches!(self.text.get(self.at), Some(b'1'..=b'9'));
                let number = self.count().filter(|_| digit)?;
                Some(Token::Number(-(number as i64)))
            }
            _ => self.count().map(|number| Token::Number(number as i64)),
        }
    }

    /// Members of a list, each by itself.
    fn list(&mut self, mut member: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.expect(b'[')?;
        if self.peek()? == b']' {
            self.at += 1;
            return Some(());
        }
        loop {
            member(self)?;
            match self.next()? {
                b',' => {}
                b']' => return Some(()),
                _ => return None,
            }
        }
    }

    /// A pair of an actor and a count.
    fn name(&mut self) -> Option<Name<'a>> {
        self.expect(b'[')?;
        let actor = self.text()?;
        self.expect(b',')?;
        let count = self.count()?;
        self.expect(b']')?;
        Some((actor, count))
    }

    /// An object from actors to counts.
    fn context(&mut self, entries: &mut Vec<Name<'a>>) -> Option<()> {
        self.object(|cursor, actor| {
            entries.push((actor, cursor.count()?));
            Some(())
        })
    }

    /// Fields of an object, each by itself, after its colon.
    fn object(&mut self, mut field: impl FnMut(&mut Self, &'a [u8]) -> Option<()>) -> Option<()> {
        self.expect(b'{')?;
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(());
        }
        loop {
            let name = self.text()?;
            self.expect(b':')?;
            field(self, name)?;
            match self.next()? {
                b',' => {}
                b'}' => return Some(()),
                _ => return None,
            }
        }
    }

    /// Passes over a value that does not count.
    fn skip(&mut self, depth: usize) -> Option<()> {
        if depth > DEPTH {
            return None;
        }
        match self.peek()? {
            b'[' => self.list(|cursor| cursor.skip(depth + 1)),
            b'{' => self.object(|cursor, _| cursor.skip(depth + 1)),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            _ => self.token().map(|_| ()),
        }
    }
}

/// The field of this name.
fn field(name: &[u8]) -> Field {
    Some(match name {
        b"t" | b"time" => 0,
        b"p" | b"process" => 1,
        b"type" => 2,
        b"f" => 3,
        b"key" => 4,
        b"v" | b"value" => 5,
        b"op" => 6,
        b"ctx" => 7,
        b"dot" => 8,
        b"dots" => 9,
        _ => return None,
    })
}

/// A text without its quotes.
fn inner(text: &[u8]) -> &[u8] {
    &text[1..text.len() - 1]
}
