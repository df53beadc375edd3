//! The file that people begin with.

use crate::scenario::spec::Scenario;

/// A scenario that teaches the language.
const STARTER: &str = include_str!("starter.json");

/// The starter under another name; the error says why that is no name.
pub fn starter(name: &str) -> Result<String, String> {
    let named = |name: &str| format!("\"name\": {},", serde_json::Value::from(name));
    let text = STARTER.replacen(&named("my-scenario"), &named(name), 1);
    match Scenario::read("starter", &text, &[], &[]) {
        Ok(_) => Ok(text),
        Err(told) => Err(told.0.first().map_or(String::new(), |first| first.message.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_put_in_or_refused() {
        assert!(starter("one").unwrap().contains("\"name\": \"one\","));
        assert!(starter("my-scenario").is_ok());
        for name in ["", "One", "a\"b", "../x"] {
            assert!(starter(name).is_err(), "{name}");
        }
    }
}
