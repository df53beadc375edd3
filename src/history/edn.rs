//! Histories in Jepsen's EDN: a map for each event, one after another or in one vector.
//!
//! Judged are registers: `:read`, `:write` and `:cas`, each on a key of its own if the values are
//! pairs `[key value]`, as `jepsen.independent` makes them. What processes do that are no numbers
//! is passed over. The crate `clojure-reader` reads the EDN; it takes no recursion, so that no
//! depth of brackets can break it.

use clojure_reader::edn::{Edn, read as read_form};

use crate::history::builder::{Builder, Entries, Event, Kind, Values};
use crate::history::lines::{function, kind};
use crate::history::malformed::Malformed;
use crate::history::model::{Function, History};
use crate::history::value::{Names, Value, quoted};

/// What would do for an event.
const EXAMPLE: &str = "a map such as {:type :invoke, :process 0, :f :read, :value nil, :time 12}";

/// Reads a whole history.
pub fn read(bytes: &[u8]) -> Result<History, Malformed> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        Malformed::new(line, "", "bytes that are no text", "EDN is text in UTF-8")
    })?;
    let mut reader = Reader { rest: text, line: 1, builder: Builder::default(), keyed: None };
    reader.skip();
    let close = match reader.rest.chars().next() {
        Some('[') => Some(']'),
        Some('(') => Some(')'),
        _ => None,
    };
    reader.advance(usize::from(close.is_some()));
    loop {
        reader.skip();
        match reader.rest.chars().next() {
            None if close.is_some() => {
                let wanted = "the vector of events ends with a bracket";
                return Err(Malformed::new(reader.line, "", "the end of the file", wanted));
            }
            None => return Ok(reader.builder.finish()),
            next if next == close => {
                reader.advance(1);
                reader.skip();
                if !reader.rest.is_empty() {
                    let wanted = "nothing after the vector of events";
                    return Err(Malformed::new(reader.line, "", reader.rest, wanted));
                }
                return Ok(reader.builder.finish());
            }
            Some(_) => reader.event()?,
        }
    }
}

/// Goes through the text event by event.
struct Reader<'t> {
    rest: &'t str,
    line: usize,
    builder: Builder,
    /// Are the values pairs of a key and a value? As the first one says.
    keyed: Option<bool>,
}

impl<'t> Reader<'t> {
    /// Goes on by so many bytes.
    fn advance(&mut self, bytes: usize) {
        let (passed, rest) = self.rest.split_at(bytes);
        self.line += passed.bytes().filter(|byte| *byte == b'\n').count();
        self.rest = rest;
    }

    /// Goes past white space, commas and comments.
    fn skip(&mut self) {
        loop {
            let blank = |c: char| c.is_whitespace() || c == ',';
            let start = self.rest.trim_start_matches(blank);
            self.advance(self.rest.len() - start.len());
            if !self.rest.starts_with(';') {
                return;
            }
            self.advance(self.rest.find('\n').unwrap_or(self.rest.len()));
        }
    }

    fn event(&mut self) -> Result<(), Malformed> {
        let (line, text) = (self.line, self.rest);
        let (form, rest) = read_form(text).map_err(|error| {
            let at = error.ptr.unwrap_or(0).min(text.len());
            let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let line = line + text[..at].bytes().filter(|byte| *byte == b'\n').count();
            let shown = text[..].lines().next().unwrap_or_default();
            Malformed::new(line, "", shown, &format!("EDN ({:?}): {EXAMPLE}", error.code))
        })?;
        self.advance(text.len() - rest.len());
        let form = match form {
            Edn::Tagged(_, ref inner) => inner.as_ref(),
            ref other => other,
        };
        let Edn::Map(fields) = form else {
            return Err(Malformed::new(line, "", &form.to_string(), EXAMPLE));
        };
        let field = |name: &'static str| fields.get(&Edn::Key(name.into()));
        let process = match field("process") {
            Some(Edn::Int(process)) => *process,
            Some(_) => {
                self.builder.troubles += 1;
                return Ok(());
            }
            None => {
                let wanted = "the number of the process";
                return Err(Malformed::new(line, ":process", "nothing", wanted));
            }
        };
        // What we write says beside the process whose it is; a client may have several.
        let own = field("client").map(|client| match client {
            Edn::Str(name) => name.to_string(),
            other => other.to_string(),
        });
        let number = own.is_some().then_some(process as u64);
        let client = own.unwrap_or_else(|| process.to_string());
        let client = self.builder.clients.place(&client);
        let wanted = "`:invoke`, `:ok`, `:fail` or `:info`";
        let kind = keyword(line, ":type", field("type"), |word| kind(word.as_bytes()), wanted)?;
        let wanted = "`:read`, `:write`, `:cas` or `:delete`: other operations are not judged";
        let function = keyword(line, ":f", field("f"), |word| function(word.as_bytes()), wanted)?;
        let time = time(line, field("time"))?;
        let nil = Edn::Nil;
        let (key, value) = self.split(line, field("value").unwrap_or(&nil))?;
        let key = key.and_then(|key| value_of(key, &mut self.builder.texts));
        let values = self.values(line, function, kind, value)?;
        let clock = field("ctx").map(|clock| self.clock(line, clock)).transpose()?;
        let dot = field("dot").map(|dot| self.dot(line, dot)).transpose()?;
        let event = Event { line, time, client, number, kind, function, key, values, dot, clock };
        self.builder.add(&event)
    }

    /// The key and the value in a pair, if that is how this history is.
    fn split<'e>(
        &mut self,
        line: usize,
        value: &'e Edn<'t>,
    ) -> Result<(Option<&'e Edn<'t>>, &'e Edn<'t>), Malformed> {
        let pair = match value {
            Edn::Vector(members) if members.len() == 2 => Some((&members[0], &members[1])),
            _ => None,
        };
        match (*self.keyed.get_or_insert(pair.is_some()), pair) {
            (true, Some((key, value))) => Ok((Some(key), value)),
            (true, None) => {
                let wanted = "a pair [key value], as in the lines before";
                Err(Malformed::new(line, ":value", &value.to_string(), wanted))
            }
            (false, _) => Ok((None, value)),
        }
    }

    fn values(
        &mut self,
        line: usize,
        function: Function,
        kind: Kind,
        value: &Edn<'t>,
    ) -> Result<Values, Malformed> {
        let texts = &mut self.builder.texts;
        let members: Vec<&Edn<'t>> = match (function, value) {
            (Function::Read, _) if kind != Kind::Ok => return Ok(Values::Nothing),
            (_, Edn::Vector(members) | Edn::List(members)) => members.iter().collect(),
            (_, Edn::Set(members)) => members.iter().collect(),
            (_, other) => {
                let value = value_of(other, texts);
                return Ok(value.map_or(Values::Nothing, Values::One));
            }
        };
        let nil = texts.value("nil");
        let values = members.iter().map(|member| value_of(member, texts).unwrap_or(nil)).collect();
        match function {
            Function::Write | Function::Delete => {
                let wanted = "a write brings one value";
                Err(Malformed::new(line, ":value", &value.to_string(), wanted))
            }
            Function::Read | Function::Swap => Ok(Values::Set(values)),
        }
    }

    fn clock(&mut self, line: usize, clock: &Edn<'t>) -> Result<Entries, Malformed> {
        let wrong = || {
            let wanted = "a map from actors to counts";
            Malformed::new(line, ":ctx", &clock.to_string(), wanted)
        };
        let Edn::Map(entries) = clock else { return Err(wrong()) };
        let mut dots = Entries::new();
        for (actor, count) in entries {
            dots.push(named(&mut self.builder.actors, actor, count).ok_or_else(wrong)?);
        }
        Ok(dots)
    }

    fn dot(&mut self, line: usize, dot: &Edn<'t>) -> Result<(u32, u64), Malformed> {
        let named = match dot {
            Edn::Vector(pair) if pair.len() == 2 => {
                named(&mut self.builder.actors, &pair[0], &pair[1])
            }
            _ => None,
        };
        let wanted = "a pair [actor count]";
        named.ok_or_else(|| Malformed::new(line, ":dot", &dot.to_string(), wanted))
    }
}

fn named(actors: &mut Names, actor: &Edn<'_>, count: &Edn<'_>) -> Option<(u32, u64)> {
    match (actor, count) {
        (Edn::Str(actor), Edn::Int(count)) => {
            Some((actors.place(actor), u64::try_from(*count).ok()?))
        }
        _ => None,
    }
}

/// The time of an event; none if it tells none.
fn time(line: usize, field: Option<&Edn<'_>>) -> Result<Option<u64>, Malformed> {
    match field {
        None | Some(Edn::Nil) => Ok(None),
        Some(Edn::Int(time)) if *time >= 0 => Ok(Some(*time as u64)),
        Some(other) => {
            let wanted = "nanoseconds since the start, a whole number";
            Err(Malformed::new(line, ":time", &other.to_string(), wanted))
        }
    }
}

/// What a keyword means.
fn keyword<T>(
    line: usize,
    name: &str,
    field: Option<&Edn<'_>>,
    meaning: impl Fn(&str) -> Option<T>,
    wanted: &str,
) -> Result<T, Malformed> {
    let word = match field {
        Some(Edn::Key(word)) => meaning(word),
        _ => None,
    };
    let found = || field.map_or("nothing".to_string(), Edn::to_string);
    word.ok_or_else(|| Malformed::new(line, name, &found(), wanted))
}

/// A plain value; none for nil.
fn value_of(value: &Edn<'_>, texts: &mut Names) -> Option<Value> {
    match value {
        Edn::Nil => None,
        Edn::Int(number) => Some(Value::Number(*number)),
        Edn::Str(text) => Some(texts.value(&quoted(text))),
        other => Some(texts.value(&other.to_string())),
    }
}
