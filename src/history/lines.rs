//! Histories as JSON Lines, as `dynamo-sim run` writes them or any other store in their shape.
//!
//! A line has `type` (`invoke`, `ok`, `fail`, `info`), `p` or `process`, `f` (`get`, `read`, `put`,
//! `write`, `delete`), and `v` or `value`; it may have `key`, `t` or `time` in nanoseconds, `op` if
//! a process has several operations under way, and of the answer `ctx` and `dot`. All else is
//! passed over, and so is what the process `nemesis` does.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use smallvec::SmallVec;

use crate::history::builder::{Builder, Event, Kind, Values};
use crate::history::malformed::Malformed;
use crate::history::model::{Function, History};
use crate::history::scan::Scan;
use crate::history::value::{Names, Value, quoted};

/// A line as it is written.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    r#type: Cow<'a, str>,
    #[serde(alias = "process", borrow)]
    p: Raw<'a>,
    #[serde(borrow)]
    f: Option<Cow<'a, str>>,
    #[serde(alias = "value", default, borrow)]
    v: Raw<'a>,
    #[serde(default, borrow)]
    key: Raw<'a>,
    #[serde(alias = "time")]
    t: Option<u64>,
    op: Option<u64>,
    ctx: Option<Context>,
    dot: Option<(String, u64)>,
    dots: Option<Vec<(String, u64)>>,
}

/// Any JSON, as far as it matters.
#[derive(Default)]
enum Raw<'a> {
    #[default]
    Nothing,
    Number(i64),
    Text(Cow<'a, str>),
    /// Something else, as it would be written.
    Other(String),
    List(Vec<Raw<'a>>),
}

/// A clock.
struct Context(Vec<(String, u64)>);

/// A history in the making, of which lines come in pieces.
#[derive(Default)]
pub struct Reader {
    builder: Builder,
    lines: usize,
}

impl Reader {
    /// Takes all lines that end in these bytes, and the rest as well if nothing follows. How many
    /// bytes that were: what is left comes again with what follows it.
    pub fn take(&mut self, bytes: &[u8], is_all: bool) -> Result<usize, Malformed> {
        let last = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let whole = if is_all { bytes } else { &bytes[..last] };
        let (mut rest, mut scan) = (whole, Scan::default());
        while !rest.is_empty() {
            self.lines += 1;
            if let Some(after) = scan.line(rest) {
                let event = scan.event(self.lines, &mut self.builder);
                self.builder.add(&event)?;
                rest = after;
                continue;
            }
            let end = rest.iter().position(|byte| *byte == b'\n');
            let (line, after) = end.map_or((rest, &[][..]), |end| (&rest[..end], &rest[end + 1..]));
            any(self.lines, line, &mut self.builder)?;
            rest = after;
        }
        Ok(whole.len())
    }

    /// The history.
    pub fn finish(self) -> History {
        self.builder.finish()
    }
}

/// Reads a whole history.
pub fn read(bytes: &[u8]) -> Result<History, Malformed> {
    let mut reader = Reader::default();
    reader.take(bytes, true)?;
    Ok(reader.finish())
}

/// Takes a line of whatever form.
fn any(number: usize, line: &[u8], builder: &mut Builder) -> Result<(), Malformed> {
    if line.iter().all(u8::is_ascii_whitespace) {
        return Ok(());
    }
    let parsed: Line<'_> = serde_json::from_slice(line).map_err(|_| complaint(number, line))?;
    match parsed.event(number, builder)? {
        Some(event) => builder.add(&event)?,
        None => builder.troubles += 1,
    }
    Ok(())
}

/// What is wrong with a line that cannot be read.
fn complaint(number: usize, line: &[u8]) -> Malformed {
    let found = String::from_utf8_lossy(line);
    let mut reader = serde_json::Deserializer::from_slice(line);
    let wanted = "a JSON object on each line, such as {\"type\": \"ok\", \"process\": 0, \"f\": \
                  \"read\", \"key\": 1, \"value\": 5, \"time\": 12}";
    match serde_path_to_error::deserialize::<_, Line<'_>>(&mut reader) {
        Err(error) => {
            let field = error.path().to_string();
            let field = if field == "." { String::new() } else { field };
            let why = error.into_inner().to_string();
            let why = why.split(" at line ").next().unwrap_or_default().to_string();
            Malformed::new(number, &field, &found, &format!("{why}; wanted is {wanted}"))
        }
        Ok(_) => Malformed::new(number, "", &found, wanted),
    }
}

impl Line<'_> {
    /// What the line tells of a client; none if it is about trouble.
    fn event(self, line: usize, builder: &mut Builder) -> Result<Option<Event>, Malformed> {
        let client = match &self.p {
            Raw::Text(name) if name == "nemesis" => return Ok(None),
            Raw::Number(number) => builder.clients.place_of(*number),
            Raw::Text(name) => builder.clients.place(name),
            Raw::Nothing | Raw::Other(_) | Raw::List(_) => {
                let wanted = "the client's number or name";
                return Err(Malformed::new(line, "process", "neither", wanted));
            }
        };
        let kind = kind(self.r#type.as_bytes()).ok_or_else(|| {
            let wanted = "`invoke`, `ok`, `fail` or `info`";
            Malformed::new(line, "type", &self.r#type, wanted)
        })?;
        let f = self.f.as_deref().unwrap_or("nothing");
        let function = function(f.as_bytes()).ok_or_else(|| {
            let wanted = "`get` or `read`, `put` or `write`, `delete`, or `cas`: other \
                          operations are not judged";
            Malformed::new(line, "f", f, wanted)
        })?;
        let key = match self.key {
            Raw::List(_) => {
                return Err(Malformed::new(line, "key", "a list", "a number or a text"));
            }
            other => other.value(&mut builder.texts),
        };
        let values = self.v.values(line, &mut builder.texts)?;
        let actors = &mut builder.actors;
        let clock = self.ctx.map(|context| named(actors, context.0).collect());
        let dots = self.dots.filter(|dots| dots.len() == 1).unwrap_or_default();
        let dot = self.dot.or_else(|| dots.into_iter().next());
        let dot = named(actors, dot.into_iter().collect()).next();
        let (time, number) = (self.t, self.op);
        Ok(Some(Event { line, time, client, number, kind, function, key, values, dot, clock }))
    }
}

/// Dots with the actors' numbers.
fn named(actors: &mut Names, dots: Vec<(String, u64)>) -> impl Iterator<Item = (u32, u64)> {
    dots.into_iter().map(|(actor, count)| (actors.place(&actor), count))
}

/// The kind of this name.
pub fn kind(name: &[u8]) -> Option<Kind> {
    Some(match name {
        b"invoke" => Kind::Invoke,
        b"ok" => Kind::Ok,
        b"fail" => Kind::Fail,
        b"info" => Kind::Info,
        _ => return None,
    })
}

/// The function of this name.
pub fn function(name: &[u8]) -> Option<Function> {
    Some(match name {
        b"get" | b"read" | b"r" => Function::Read,
        b"put" | b"write" | b"w" => Function::Write,
        b"delete" => Function::Delete,
        b"cas" => Function::Swap,
        _ => return None,
    })
}

impl Raw<'_> {
    fn value(self, texts: &mut Names) -> Option<Value> {
        match self {
            Raw::Nothing | Raw::List(_) => None,
            Raw::Number(number) => Some(Value::Number(number)),
            Raw::Text(text) => Some(texts.value(&quoted(&text))),
            Raw::Other(text) => Some(texts.value(&text)),
        }
    }

    fn values(self, line: usize, texts: &mut Names) -> Result<Values, Malformed> {
        let Raw::List(members) = self else {
            return Ok(self.value(texts).map_or(Values::Nothing, Values::One));
        };
        let mut values = SmallVec::with_capacity(members.len());
        for member in members {
            let Some(value) = member.value(texts) else {
                let wanted = "a list of values, each a number or a text";
                return Err(Malformed::new(line, "value", "a list with other things", wanted));
            };
            values.push(value);
        }
        Ok(Values::Set(values))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Raw<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Raw<'a>, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

/// Takes whatever comes.
struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, a text, a list or null")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Raw<'de>, E> {
        Ok(Raw::Number(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Raw<'de>, E> {
        let signed = i64::try_from(number);
        Ok(signed.map_or_else(|_| Raw::Other(number.to_string()), Raw::Number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Raw<'de>, E> {
        Ok(Raw::Other(number.to_string()))
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Raw<'de>, E> {
        Ok(Raw::Other(truth.to_string()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Raw<'de>, E> {
        Ok(Raw::Text(Cow::Owned(text.to_string())))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Raw<'de>, E> {
        Ok(Raw::Text(Cow::Borrowed(text)))
    }

    fn visit_unit<E: Error>(self) -> Result<Raw<'de>, E> {
        Ok(Raw::Nothing)
    }

    fn visit_none<E: Error>(self) -> Result<Raw<'de>, E> {
        Ok(Raw::Nothing)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Raw<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = list.next_element()? {
            members.push(member);
        }
        Ok(Raw::List(members))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw<'de>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Err(A::Error::custom("an object is no value; wanted is a number or a text"))
    }
}

impl<'de> Deserialize<'de> for Context {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Context, D::Error> {
        deserializer.deserialize_map(ContextVisitor)
    }
}

/// Takes an object from actors to counts.
struct ContextVisitor;

impl<'de> Visitor<'de> for ContextVisitor {
    type Value = Context;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object from actors to counts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Context, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Context(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: [&str; 8] = [
        r#"{"t":12,"p":3,"type":"invoke","f":"put","key":7,"v":-40}"#,
        r#"{"i":9,"t":3736402,"p":29,"type":"ok","f":"get","op":0,"key":34,"v":[],"coord":8}"#,
        r#"{"p":1,"type":"ok","f":"get","v":[5,"x"],"dots":[["n1",5]],"ctx":{"n1":5,"n0":2}}"#,
        r#"{"p":"a b","type":"ok","f":"w","v":"s","dot":["n1",5],"dots":[["n1",6],["n2",1]]}"#,
        r#" { "process" : 0 , "time" : null , "type":"fail", "f":"cas", "value":[1, 2] } "#,
        r#"{"p":0,"type":"info","f":"delete","v":null,"more":{"a":[true,{"b":null}],"c":"d"}}"#,
        r#"{"p":0,"type":"ok","f":"r","key":"k","v":10,"op":null,"cart":{"add":3},"n":3}"#,
        r#"{"p":0,"type":"ok","f":"read","key":0,"value":123456789012345678,"ctx":{}}"#,
    ];

    fn told(event: &Event, builder: &Builder) -> String {
        let Builder { texts, clients, actors, .. } = builder;
        format!("{event:?} {texts:?} {clients:?} {actors:?}")
    }

    /// What a reader of all JSON makes of a line.
    fn slowly(line: &[u8]) -> Option<String> {
        let mut builder = Builder::default();
        let parsed: Line<'_> = serde_json::from_slice(line).ok()?;
        let event = parsed.event(1, &mut builder).ok()??;
        Some(told(&event, &builder))
    }

    #[test]
    fn what_is_read_in_one_pass_is_what_a_reader_of_all_json_would_read() {
        let mut taken = 0;
        for line in LINES {
            let (length, mut scan) = (line.len(), Scan::default());
            assert_eq!(scan.line(line.as_bytes()), Some(&[][..]), "{line}");
            for (place, byte) in (0..length).flat_map(|at| (0..=255u8).map(move |b| (at, b))) {
                let mut bytes = line.as_bytes().to_vec();
                bytes[place] = byte;
                let mut scan = Scan::default();
                let Some(rest) = scan.line(&bytes) else { continue };
                let mut builder = Builder::default();
                let event = scan.event(1, &mut builder);
                let fast = Some(told(&event, &builder));
                let whole = &bytes[..length - rest.len()];
                assert_eq!(fast, slowly(whole), "{}", String::from_utf8_lossy(whole));
                taken += 1;
            }
        }
        assert!(taken > 5_000, "only {taken} were taken");
    }

    #[test]
    fn lines_may_come_in_pieces_of_any_size() {
        let forms = LINES.map(|line| format!("{line}\n")).concat();
        let whole = "{\"p\":0,\"type\":\"invoke\",\"f\":\"put\",\"v\":\"\u{e9}\"}\n\n\
                     {\"p\":0,\"type\":\"ok\",\"f\":\"put\",\"v\":1}\n\
                     {\"p\":1,\"type\":\"invoke\",\"f\":\"get\",\"key\":12}";
        let told = |text: &str, size: usize| {
            let (mut reader, mut kept) = (Reader::default(), Vec::new());
            for piece in text.as_bytes().chunks(size) {
                kept.extend_from_slice(piece);
                let taken = reader.take(&kept, false)?;
                kept.drain(..taken);
            }
            reader.take(&kept, true).map(|_| format!("{:?}", reader.finish()))
        };
        for size in 1..whole.len() {
            assert_eq!(told(whole, size), told(whole, whole.len()));
            assert_eq!(told(&forms, size), told(&forms, forms.len()));
        }
        assert_eq!(read(whole.as_bytes()).unwrap().operations.len(), 2);
    }

    #[test]
    fn each_form_of_a_line_may_follow_each() {
        let unusual = r#"{"p":0,"type":"invoke","f":"put","key":"\u00e9","v":1.50}"#;
        let usual = r#"{"p":1,"type":"invoke","f":"put","key":"k","v":1}"#;
        for text in [format!("{unusual}\n\n{usual}"), format!("{usual}\r\n \n{unusual}\n")] {
            let history = read(text.as_bytes()).unwrap();
            let mut lines: Vec<u32> = history.operations.iter().map(|it| it.line).collect();
            lines.sort_unstable();
            assert_eq!(lines, [1, 3]);
            let mut keys = [history.key_name(0), history.key_name(1)];
            keys.sort();
            assert_eq!(keys, ["\"k\"", "\"\u{e9}\""]);
        }
    }
}
