//! Lists that a scenario can also keep in a file: what the schema says of them. The files are put
//! in before a scenario is read as its type.

/// A list, or the name of a file with one.
#[derive(schemars::JsonSchema)]
#[schemars(inline)]
#[serde(untagged)]
#[allow(dead_code, reason = "only the schema is wanted")]
pub enum OrFile<T> {
    /// As a list.
    List(Vec<T>),
    /// Name of a file, from the folder of the scenario.
    File(String),
}
